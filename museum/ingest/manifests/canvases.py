"""The canvases of a manifest → the files it wants us to have, in order, and what is not taken over, counted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from museum.catalog.record import MediaKind
from museum.ingest.manifests.document import Document, Json, absolute, listed, objects
from museum.ingest.manifests.wording import text_of
from museum.text import Text

_KINDS: Mapping[str, MediaKind] = {"Image": "photo", "Sound": "sound", "Audio": "sound", "Video": "film",
                                   "Model": "scan", "PhysicalObject": "scan"}  # fmt: skip
_PLAYED = ("sound", "film")
_CAPTIONS = ("text/vtt", "application/x-subrip")
_SERVICE_TYPES = {"ImageService3": 3, "ImageService2": 2, "ImageService1": 1}
_SERVICE_WORDS = (("image/3", 3), ("image/2", 2), ("image-api/1", 1), ("image/1", 1))


@dataclass(frozen=True, kw_only=True)
class Service:
    """An image service as the manifest names it: its base address and the major version of its API."""

    address: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One file that a canvas shows. `address` is the body's own; `service` an image service that gives it in any size.

    `number` counts canvases from 1, `shown_as` names the canvas in reports. `statement` is the required statement of
    the canvas, else of the manifest; `own_statement` tells which. `of` is the address of the file it serves.
    """

    address: str
    kind: MediaKind
    number: int
    shown_as: str
    service: Service | None = None
    media_type: str = ""
    label: Text = field(default_factory=Text)
    alt: Text = field(default_factory=Text)
    rights: str = ""
    statement: Text = field(default_factory=Text)
    has_own_statement: bool = False
    language: str = ""
    of: str = ""

    @property
    def origin(self) -> str:
        """The address by which the file is known: that of its service, else its own."""
        return self.service.address if self.service else self.address


@dataclass(frozen=True, kw_only=True)
class Showing:
    """What a manifest shows: files, how often each kind of thing is not taken over (see manifests.toml, `left`),
    and the numbers and names of canvases without anything to take."""

    wanted: tuple[Wanted, ...]
    left: Mapping[str, int]
    empty: tuple[tuple[int, str], ...]
    count: int


def read(document: Document) -> Showing:
    """Everything the canvases of a manifest show; thumbnails are ours to make and are passed over."""
    return _Reader(document).all()


class _Reader:
    def __init__(self, document: Document) -> None:
        self._base = document.id
        self._body = document.body
        self._left: Counter[str] = Counter()
        self._rights = _rights(document.body)
        self._statement = _statement(document.body)

    def all(self) -> Showing:
        canvases = [c for c in objects(self._body.get("items")) if c.get("type") == "Canvas"]
        self._count_manifest()
        wanted: list[Wanted] = []
        empty: list[tuple[int, str]] = []
        for number, canvas in enumerate(canvases, start=1):
            found = list(self._canvas(canvas, number))
            wanted += found
            if not found:
                empty.append((number, _name(canvas, number)))
        return Showing(wanted=tuple(wanted), left=dict(self._left), empty=tuple(empty), count=len(canvases))

    def _count_manifest(self) -> None:
        body = self._body
        self._left["ranges"] += len(objects(body.get("structures")))
        self._left["sequences"] += len(objects(body.get("sequences")))
        self._left["rendering"] += len(objects(body.get("rendering")))
        self._left["services"] += len(objects(body.get("service")) + objects(body.get("services")))
        self._left["start"] += bool(body.get("start"))
        self._left["viewing"] += sum(1 for name in ("behavior", "viewingDirection") if body.get(name))
        self._left["logos"] += sum(len(objects(agent.get("logo"))) for agent in objects(body.get("provider")))
        self._annotations(body)
        for name in ("placeholderCanvas", "accompanyingCanvas"):
            self._left["companions"] += bool(body.get(name))

    def _canvas(self, canvas: Json, number: int) -> Iterator[Wanted]:
        pages = [page for page in objects(canvas.get("items")) if page.get("type", "AnnotationPage") != "Annotation"]
        painted = [b for page in pages for a in objects(page.get("items")) for b in self._bodies(a)]
        label, summary = text_of(canvas.get("label")), text_of(canvas.get("summary"), separator="\n")
        own = _statement(canvas)
        template = Wanted(
            address="",
            kind="photo",
            number=number,
            shown_as=_name(canvas, number),
            label=label,
            alt=Text({**label.by_language, **summary.by_language}),
            rights=_rights(canvas) or self._rights,
            statement=own or self._statement,
            has_own_statement=bool(own),
        )
        found = [w for body in painted for w in self._wanted(body, template)]
        found = self._without_stills(canvas, found)
        if len(found) > 1:
            found = [w if w.label != label else replace(w, label=_numbered(label, n)) for n, w in enumerate(found, 1)]
        yield from found
        host = next((w for w in found if w.kind in _PLAYED), None)
        yield from self._captions(canvas, host, template)
        self._count_canvas(canvas)

    def _bodies(self, annotation: Json) -> Iterator[Json]:
        """The bodies of a painting annotation, each with whether the picture covers the whole canvas told apart."""
        motivations = {str(m).removeprefix("sc:") for m in listed(annotation.get("motivation"))}
        if motivations and "painting" not in motivations:
            self._left["annotations"] += 1
            return
        targets = [t for t in listed(annotation.get("target")) if isinstance(t, dict) or "#" in str(t)]
        if targets or annotation.get("stylesheet"):
            self._left["parts"] += 1
        for body in listed(annotation.get("body")):
            if isinstance(body, str):
                yield {"id": body, "type": "Image"}
            elif isinstance(body, dict):
                yield body

    def _wanted(self, body: Json, template: Wanted, *, is_choice: bool = False) -> list[Wanted]:
        kind = str(body.get("type", ""))
        if kind == "Choice":
            return self._choice(body, template)
        if kind == "SpecificResource":
            self._left["parts"] += bool(body.get("selector") or body.get("styleClass"))
            source = body.get("source")
            if isinstance(source, str):
                source = {"id": source, "type": "Image"}
            return self._wanted(source, template, is_choice=is_choice) if isinstance(source, dict) else []
        if kind in ("Canvas", "Scene"):
            self._left["nested"] += 1
            return []
        address = absolute(body.get("id", body.get("@id")), base=self._base)
        service = self._service(body) if kind == "Image" else None
        if kind not in _KINDS or not (address or service):
            self._left["texts"] += 1
            return []
        label = text_of(body.get("label"))
        return [
            replace(
                template,
                address=address or (service.address if service else ""),
                kind=_KINDS[kind],
                service=service,
                media_type=str(body.get("format", "")).partition(";")[0].strip().lower(),
                label=label if label and is_choice else template.label,
                rights=_rights(body) or template.rights,
                language=next((str(code) for code in listed(body.get("language"))), ""),
            )
        ]

    def _choice(self, body: Json, template: Wanted) -> list[Wanted]:
        """Pictures to choose among are views of their own; of one recording in several formats the first is enough."""
        found = [w for item in objects(body.get("items")) for w in self._wanted(item, template, is_choice=True)]
        if not found or found[0].kind == "photo":
            return found
        self._left["formats"] += len(found) - 1
        return [replace(found[0], label=template.label or found[0].label)]

    def _service(self, body: Json) -> Service | None:
        """The image service of the newest version that is named."""
        found: list[Service] = []
        for entry in objects(body.get("service")):
            address = absolute(entry.get("id", entry.get("@id")), base=self._base).rstrip("/")
            version = _version_of(entry)
            if address and version:
                found.append(Service(address=address, version=version))
        return max(found, key=lambda s: s.version, default=None)

    def _without_stills(self, canvas: Json, found: list[Wanted]) -> list[Wanted]:
        """Of a model, film or sound whose poster is painted beside it: without the poster (it is made anew)."""
        if all(w.kind == "photo" for w in found):
            return found
        poster = canvas.get("placeholderCanvas")
        poster_ids = _ids(poster) if isinstance(poster, dict) else set()
        poster_ids |= {str(t.get("id", "")) for t in objects(canvas.get("thumbnail"))}
        return [w for w in found if w.kind != "photo" or w.address not in poster_ids]

    def _captions(self, canvas: Json, host: Wanted | None, template: Wanted) -> Iterator[Wanted]:
        for page in objects(canvas.get("annotations")):
            if host is None or "items" not in page:
                continue
            for annotation in objects(page["items"]):
                for body in _tracks(annotation):
                    address = absolute(body.get("id"), base=self._base)
                    if address:
                        label = text_of(body.get("label"))
                        language = next((str(code) for code in listed(body.get("language"))), "")
                        track = replace(template, address=address, kind="captions", label=label, alt=Text())
                        yield replace(track, of=host.origin, language=language, media_type=str(body["format"]))

    def _annotations(self, holder: Json) -> None:
        for page in listed(holder.get("annotations")):
            if isinstance(page, dict) and "items" in page:
                self._left["annotations"] += sum(1 for a in objects(page["items"]) if not list(_tracks(a)))
            elif page:
                self._left["annotation_pages"] += 1

    def _count_canvas(self, canvas: Json) -> None:
        self._annotations(canvas)
        self._left["rendering"] += len(objects(canvas.get("rendering")))
        self._left["services"] += len(objects(canvas.get("service")))
        self._left["viewing"] += bool(canvas.get("behavior"))
        facts = ("metadata", "seeAlso", "homepage", "navDate", "navPlace", "partOf", "provider")
        self._left["canvas_facts"] += sum(1 for name in facts if canvas.get(name))
        for name in ("placeholderCanvas", "accompanyingCanvas"):
            self._left["companions"] += bool(canvas.get(name))


def _tracks(annotation: Json) -> Sequence[Json]:
    """The caption files that a supplementing annotation holds, also as a choice of languages."""
    if "supplementing" not in listed(annotation.get("motivation")):
        return ()
    bodies = objects(annotation.get("body"))
    bodies = [b for body in bodies for b in (objects(body.get("items")) if body.get("type") == "Choice" else [body])]
    return [b for b in bodies if str(b.get("format", "")).partition(";")[0] in _CAPTIONS]


def _version_of(entry: Json) -> int:
    kind = str(entry.get("type", entry.get("@type", "")))
    if kind in _SERVICE_TYPES:
        return _SERVICE_TYPES[kind]
    said = " ".join(str(word) for name in ("@context", "profile") for word in listed(entry.get(name)))
    return next((version for word, version in _SERVICE_WORDS if word in said), 0)


def _ids(canvas: Json) -> set[str]:
    annotations = [a for page in objects(canvas.get("items")) for a in objects(page.get("items"))]
    return {str(b.get("id", "")) for a in annotations for b in objects(a.get("body"))}


def _rights(holder: Json) -> str:
    return next((str(text).strip() for text in listed(holder.get("rights")) if isinstance(text, str)), "")


def _statement(holder: Json) -> Text:
    statement = holder.get("requiredStatement")
    return text_of(statement.get("value"), separator="\n") if isinstance(statement, dict) else Text()


def _name(canvas: Json, number: int) -> str:
    label = text_of(canvas.get("label")).say("vi")
    return f"canvas {number} ({label[:60]})" if label else f"canvas {number}"


def _numbered(label: Text, number: int) -> Text:
    return Text({code: f"{words} ({number})" for code, words in label.items()})
