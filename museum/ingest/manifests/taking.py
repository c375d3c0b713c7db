"""Manifests and collections → outcomes for the same pipeline as any folder: one draft a manifest, or a refusal."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from museum.catalog.licences import licence_name, licence_uri
from museum.catalog.record import Identifier
from museum.errors import MuseumError, SourceError
from museum.ingest.drafts import FETCHED_FROM, MediaDraft, Outcome, RowDraft
from museum.ingest.manifests import canvases, document, gathering, knowledge, naming, statements
from museum.ingest.manifests.canvases import Showing
from museum.ingest.manifests.document import Document, absolute, objects
from museum.ingest.manifests.errands import DOCUMENT_BYTES, Errands, errands
from museum.ingest.manifests.gathering import Gathered, Gatherer, Held, OnFile
from museum.ingest.manifests.larder import Larder, larder_of
from museum.ingest.manifests.rights import copying, remarks_on
from museum.ingest.parts import Parts
from museum.ingest.problems import Problem, from_error
from museum.ingest.references import SourceFolder
from museum.text import Text

_MOST_CANVASES = 5_000
_DEEPEST = 12  # collections within collections
# What a file's absence means for the manifest it belongs to, it doesn't mean for the manifest itself.
_OF_DOCUMENTS = {"manifest.gone": "manifest.no_document", "manifest.restricted": "manifest.closed_document"}
MANIFEST_FILE = "manifest.json"


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How manifests are taken in. `limit` members of a collection at most; `with_permission`: also what its rights
    statement lets nobody copy without asking; `leaves_out`: without the files that can't be had; `again`: fetch anew
    what is held; `is_dry_run`: documents are read, nothing else is fetched."""

    limit: int = 1_000
    with_permission: bool = False
    leaves_out: bool = False
    again: bool = False
    is_dry_run: bool = False


@dataclass
class Manifests:
    """Addresses and files of manifests, read one after the other. `own` finds documents that lie here by their key."""

    parts: Parts
    places: Sequence[str | Path]
    manner: Manner
    folder: SourceFolder | None = None
    errands: Errands | None = None
    on_file: OnFile | None = None
    rows_read: int = 0
    has_tables: bool = False
    _seen: set[str] = field(default_factory=set)
    _taken: int = 0
    _own: dict[str, Path] = field(default_factory=dict)

    def count(self) -> int:
        """How many documents there are, as far as is known before they are read: 0 for "unknown"."""
        return 0

    def outcomes(self) -> Iterator[Outcome]:
        """One outcome for each manifest, those of collections among them."""
        self.errands = self.errands or errands(self.parts.settings)
        self._own = {key: place for place in self.places if isinstance(place, Path) and (key := _key_of(place))}
        for place in self.places:
            yield from self._place(place, depth=0, part_of=Text())

    def _place(self, place: str | Path, *, depth: int, part_of: Text) -> Iterator[Outcome]:
        shown = place if isinstance(place, str) else self.folder.shown(place) if self.folder else place.name
        self.rows_read += 1
        try:
            data, address = self._data(place)
            found = document.read(data, address=address)
            notes = _notes(found, address, shown)
            if found.key in self._seen:
                if isinstance(place, str):  # a file may lie beside the collection with which it was taken
                    yield Outcome(problems=(Problem(code="manifest.met_again", file=shown, severity="note"),))
                return
            self._seen.add(found.key)
            if found.kind == "collection":
                yield from self._collection(found, shown, depth=depth)
                return
            self._taken += 1
            with ExitStack() as stack:
                yield self._manifest(found, data, shown, notes, part_of=part_of, stack=stack)
        except MuseumError as error:
            if gathering.is_ours(error):
                raise
            yield Outcome(problems=(from_error(error, file=shown),), table=shown)

    def _data(self, place: str | Path) -> tuple[bytes, str]:
        """The bytes of a document and the address they were found at, after redirects ("" for a file)."""
        if isinstance(place, str):
            assert self.errands is not None
            try:
                answer = self.errands.document(place)
            except SourceError as error:
                if error.code in _OF_DOCUMENTS:
                    raise SourceError(_OF_DOCUMENTS[error.code], **error.values) from error
                raise
            return answer.body, answer.address
        try:
            if place.stat().st_size > DOCUMENT_BYTES:
                raise SourceError("fetch.too_large", address=place.name, limit=DOCUMENT_BYTES)
            return place.read_bytes(), ""
        except OSError as error:
            raise SourceError("ingest.unreadable_file", path=place.name, reason=error.strerror or error) from error

    def _collection(self, found: Document, shown: str, *, depth: int) -> Iterator[Outcome]:
        if depth >= _DEEPEST:
            raise SourceError("manifest.too_deep", limit=_DEEPEST)
        name = statements.collection_name(found.body)
        members = [m for m in objects(found.body.get("items")) if m.get("type") in ("Manifest", "Collection")]
        addresses = [a for m in members if (a := absolute(m.get("id"), base=found.id))]
        told = [Problem(code="manifest.collection", file=shown, severity="note",
                        values={"label": name.say("vi") or found.id, "count": len(members)})]  # fmt: skip
        if found.body.get("first") or found.body.get("next"):
            told.append(Problem(code="manifest.paged", file=shown, severity="warning"))
        if len(addresses) < len(members):
            values = {"count": len(members) - len(addresses)}
            told.append(Problem(code="manifest.members_without_id", file=shown, values=values, severity="warning"))
        yield Outcome(problems=tuple(told))
        for place, address in enumerate(addresses):
            if self._taken >= self.manner.limit:
                values = {"limit": self.manner.limit, "left": len(addresses) - place}
                yield Outcome(problems=(Problem(code="manifest.limit", file=shown, values=values, severity="warning"),))
                return
            if document.canonical(address) in self._seen:
                note = Problem(code="manifest.met_again", file=address, severity="note")
                yield Outcome(problems=(note,))
                continue
            yield from self._place(self._here(address), depth=depth + 1, part_of=name)

    def _here(self, address: str) -> str | Path:
        """A member of a collection: the file of it that lies in the same folder, else its address."""
        return self._own.get(document.canonical(address), address)

    def _manifest(
        self, found: Document, data: bytes, shown: str, notes: list[Problem], *, part_of: Text, stack: ExitStack
    ) -> Outcome:
        settings = self.parts.settings
        showing = canvases.read(found)
        if showing.count > _MOST_CANVASES:
            raise SourceError("manifest.too_many_canvases", count=showing.count, limit=_MOST_CANVASES)
        problems = [*notes, *_left(showing, shown), *_empty(showing, shown)]
        problems += self._rights(showing, shown)
        if any(problem.is_error for problem in problems):
            return Outcome(problems=tuple(problems), table=shown)
        held = gathering.held(self.parts, found.key)
        if self.manner.is_dry_run:
            larder = Larder(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="museum-"))))
        else:
            larder = larder_of(settings, found.key)
            stack.callback(self._tidy, larder, found.key)
        gatherer = Gatherer(errands=None if self.manner.is_dry_run else self.errands, larder=larder, held=held,
                            shown=shown, again=self.manner.again, leaves_out=self.manner.leaves_out,
                            on_file=self.on_file)  # fmt: skip
        named = {n: naming.named(found, w, language=settings.language) for n, w in enumerate(showing.wanted)}
        gathered = gatherer.all(showing.wanted, named=named)
        problems += gathered.problems
        if self.manner.is_dry_run and gathered.fetched:
            values = {"count": gathered.fetched, "all": len(showing.wanted)}
            problems.append(Problem(code="manifest.would_fetch", file=shown, values=values, severity="note"))
            problems += remarks_on([w.rights for w in showing.wanted if w.origin in gathered.missing], file=shown)
        if any(problem.is_error for problem in problems):
            return Outcome(problems=tuple(problems), table=shown)
        draft = self._draft(found, data, shown, showing, gathered, held, larder, part_of=part_of)
        return Outcome(draft=draft, problems=tuple(problems), table=shown)

    def _tidy(self, larder: Larder, key: str) -> None:
        """What the museum holds by now need not be kept here as well."""
        larder.drop(gathering.held(self.parts, key).files)

    def _rights(self, showing: Showing, shown: str) -> list[Problem]:
        """Who may copy what: a manifest with files that may not be copied unasked is refused, unless somebody asked."""
        forbidden = [one for one in showing.wanted if copying(one.rights) == "ask_first"]
        if not forbidden:
            return []
        uri = licence_uri(forbidden[0].rights)
        values = {"count": len(forbidden), "rights": licence_name(uri) or uri}
        if self.manner.with_permission:
            return [Problem(code="manifest.permitted", file=shown, values=values, severity="warning")]
        return [Problem(code="manifest.ask_first", file=shown, values=values)]

    def _draft(
        self, found: Document, data: bytes, shown: str, showing: Showing, gathered: Gathered, held: Held,
        larder: Larder, *, part_of: Text,
    ) -> RowDraft:  # fmt: skip
        path = larder.put(MANIFEST_FILE, data)
        rights = str(found.body.get("rights") or "")
        uri = licence_uri(rights)
        original = MediaDraft(
            path=path,
            reference=f"{shown}#{MANIFEST_FILE}",
            kind="part",
            media_type="application/ld+json",
            role="manifest",
            order=len(gathered.media) + 1,
            rights=uri,
            licence=licence_name(uri) or rights,
            level="internal",
            size_bytes=len(data),
            table=shown,
            facts={FETCHED_FROM: found.id, "presentation_version": found.version},
        )
        values = statements.read(found, part_of=part_of)
        return RowDraft(
            table=shown,
            row=0,
            object_id="",
            accession_number="",
            kind=None,
            values=values,
            identifiers=(Identifier(scheme=document.IDENTIFIER, value=found.key),),
            media=(*gathered.media, original),
            columns=frozenset({*values, "media"}),
            origin=found.id,
            unavailable=frozenset(gathered.missing),
        )


def _notes(found: Document, address: str, shown: str) -> list[Problem]:
    """Where the id of a document and the address it was found at are of different hosts, that is told."""
    own, host = (document.canonical(a).split("/")[2:3] for a in (found.id, address or found.id))
    if own == host:
        return []
    values = {"id": found.id, "address": address}
    return [Problem(code="manifest.id_elsewhere", file=shown, values=values, severity="warning")]


def _left(showing: Showing, shown: str) -> list[Problem]:
    """One line for each kind of thing that stays in the kept manifest only."""
    found = []
    for kind in knowledge.kinds_left():
        if count := showing.left.get(kind, 0):
            words = knowledge.left(kind)
            values = {"count": count, "what_vi": words.say("vi"), "what_en": words.say("en")}
            found.append(Problem(code="manifest.not_taken", file=shown, values=values, severity="note"))
    return found


def _empty(showing: Showing, shown: str) -> list[Problem]:
    """Canvases that show nothing; a manifest of nothing else has nothing to take."""
    if not showing.wanted:
        return [Problem(code="manifest.nothing_shown", file=shown, values={"count": showing.count}, severity="warning")]
    return [
        Problem(code="manifest.empty_canvas", file=f"{shown}, {name}", severity="note") for _, name in showing.empty
    ]


def _key_of(path: Path) -> str:
    """The key of a document that lies in a file; "" where it is none."""
    try:
        return document.read(path.read_bytes()).key
    except (MuseumError, OSError):
        return ""
