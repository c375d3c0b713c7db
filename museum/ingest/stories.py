"""Exhibitions and tours from a folder's stories/*.toml: numbers become records, file names media, then they are kept.

A file is all or nothing, the same file again changes nothing, and no story is taken out because its file is gone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from museum.addresses import new_id
from museum.catalog import store
from museum.catalog.arrangement import light_of
from museum.catalog.changes import field_differences
from museum.catalog.record import Record, to_json
from museum.config import Settings
from museum.db import reading
from museum.errors import Conflict, Invalid
from museum.exhibitions import store as stories
from museum.exhibitions.story import Item, Stop, Story, View
from museum.ingest.intake import find_number
from museum.ingest.parts import Parts
from museum.ingest.problems import Problem, Severity, from_error
from museum.ingest.report import Action, Difference, Result
from museum.ingest.story_file import Written, read_story
from museum.ingest.story_parts import only_what_is_there
from museum.ingest.story_writing import write_story
from museum.text import nfc

FOLDER = "stories"
_MEDIA_KINDS: Mapping[str, tuple[str, ...]] = {
    "image": ("photo",),
    "compare": ("photo",),
    "row": ("photo", "scan"),
    "scan": ("scan",),
    "audio": ("sound", "film"),
}
_MOST_NAMED = 12  # files a report line lists


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of one file: its line in the report, what is wrong, and whether it became public now."""

    result: Result
    problems: tuple[Problem, ...]
    is_new_public: bool = False


def story_files(folder: Path) -> list[Path]:
    """The story files of a folder, by name."""
    inside = folder / FOLDER
    return sorted(p for p in inside.glob("*.toml") if p.is_file()) if inside.is_dir() else []


def take_in(parts: Parts, folder: Path, *, person: str, batch: str, publish: bool) -> Iterable[Taken]:
    """Take in each story of the folder whose objects are in the catalogue by now."""
    seen: dict[str, str] = {}
    for path in story_files(folder):
        name = f"{FOLDER}/{nfc(path.name)}"
        written, problems = read_story(path, name=name)
        resolved = None
        if written:
            resolved = _resolved(parts.settings, parts.engine, written, name=name, seen=seen, publish=publish)
            problems += resolved.problems
        if resolved is None or resolved.story is None:
            yield Taken(result=_result(name, written, "refused"), problems=tuple(problems))
            continue
        story, existing = resolved.story, resolved.existing
        action: Action = "created" if existing is None else "unchanged" if existing == story else "updated"
        try:
            if action != "unchanged":
                write_story(parts, story, person=person, batch=batch)
        except (Conflict, Invalid) as error:
            problems.append(from_error(error, file=name))
            yield Taken(result=_result(name, written, "refused"), problems=tuple(problems))
            continue
        was_public = existing is not None and existing.state == "published"
        yield Taken(
            result=Result(table=name, row=0, key=story.slug, action=action, record_id=story.id),
            problems=tuple(problems),
            is_new_public=story.state == "published" and not was_public,
        )


def plan(settings: Settings, engine: Engine, folder: Path, *, publish: bool, coming: frozenset[str]) -> Iterable[Taken]:
    """What `take_in` would do, written nowhere. `coming` are the numbers of objects that the same folder brings: what a
    story says of them is not judged before they are there."""
    seen: dict[str, str] = {}
    for path in story_files(folder):
        name = f"{FOLDER}/{nfc(path.name)}"
        written, problems = read_story(path, name=name)
        resolved = None
        if written:
            resolved = _resolved(settings, engine, written, name=name, seen=seen, publish=publish, coming=coming)
        if resolved is None or resolved.story is None:
            found = (*problems, *(resolved.problems if resolved else ()))
            yield Taken(result=_result(name, written, "refused"), problems=tuple(found))
            continue
        story, existing = resolved.story, resolved.existing
        before = to_json(existing) if existing else None
        differences = tuple(
            Difference(field=part, before=old, after=new)
            for part, old, new in field_differences(before, to_json(story))
            if part not in ("id", "institution")
        )
        action: Action = "created" if existing is None else "updated" if differences else "unchanged"
        result = Result(
            table=name,
            row=0,
            key=story.slug,
            action=action,
            record_id=existing.id if existing else "",
            differences=differences,
        )
        yield Taken(result=result, problems=(*problems, *resolved.problems))


@dataclass(frozen=True, kw_only=True)
class _Resolved:
    story: Story | None
    existing: Story | None
    problems: tuple[Problem, ...]


def _resolved(
    settings: Settings,
    engine: Engine,
    written: Written,
    *,
    name: str,
    seen: dict[str, str],
    publish: bool,
    coming: frozenset[str] = frozenset(),
) -> _Resolved:
    """The story with ids in place of numbers and names, its state decided; None with what stands against it."""
    slug = written.story.slug
    if slug in seen:
        twice = Problem(code="story.slug_twice", file=name, values={"slug": slug, "other": seen[slug]})
        return _Resolved(story=None, existing=None, problems=(twice,))
    seen[slug] = name
    with reading(engine) as session:
        existing = stories.find(session, slug)
        known = _known(session, written.story, settings.institution_code)
    clerk = _Clerk(file=name, known=known, coming=coming, problems=[])
    story = written.story
    if written.skips_missing:
        story, places = only_what_is_there(story, clerk.has)
        for place in places:
            clerk.tell("left_out", place, severity="note")
    story = clerk.story(story)
    if any(problem.is_error for problem in clerk.problems):
        return _Resolved(story=None, existing=existing, problems=tuple(clerk.problems))
    shown = {r.id: r for r in clerk.known.values()}
    is_open = all(shown[i].state == "published" for i in story.objects if i in shown)
    objects = [shown[i] for i in story.objects if i in shown]
    of_samples = bool(objects) and all(record.is_sample for record in objects)
    state = existing.state if existing else "draft"
    if publish and is_open and state != "withdrawn":
        state = "published"
    story = replace(
        story,
        id=existing.id if existing else new_id(),
        institution=settings.institution_code,
        state=state,
        is_sample=of_samples if written.is_sample is None else written.is_sample,
    )
    return _Resolved(story=story, existing=existing, problems=tuple(clerk.problems))


def _known(session: Session, story: Story, institution: str) -> dict[str, Record]:
    """The records of the numbers a story names."""
    ids = {number: find_number(session, number, institution) for number in story.objects}
    records = store.get_many(session, [i for i in ids.values() if i])
    return {number: records[i] for number, i in ids.items() if i in records}


@dataclass(kw_only=True)
class _Clerk:
    """Looks up what a story names and notes what is not there."""

    file: str
    known: Mapping[str, Record]
    coming: frozenset[str]
    problems: list[Problem]

    def has(self, number: str, file_name: str) -> bool:
        if number in self.coming:
            return True
        there = self.known[number].media if number in self.known else ()
        return number in self.known and (not file_name or any(nfc(m.file_name) == file_name for m in there))

    def story(self, story: Story) -> Story:
        cover = self.view(story.cover, "cover") if story.cover.object else story.cover
        stops = tuple(self.stop(stop) for stop in story.stops)
        for number, record in self.known.items():
            if record.state != "published":
                self.tell("object_unpublished", number, severity="warning", number=number)
        return replace(story, cover=cover, stops=stops)

    def stop(self, stop: Stop) -> Stop:
        place = f"stops {stop.id}"
        views = tuple(self.view(view, f"{place} › views {n}") for n, view in enumerate(stop.views, start=1))
        owner = next((view.object for view in stop.views if view.object), "")
        audio = self.media(owner, stop.audio, "audio", f"{place} › audio") if stop.audio else ""
        return replace(stop, views=views, audio=audio)

    def view(self, view: View, place: str) -> View:
        number = view.object

        def named(file_name: str, key: str) -> str:
            return self.media(number, file_name, view.kind, f"{place} › {key}") if file_name else ""

        made = replace(
            view,
            object=self.record_id(number, f"{place} › object") if number else "",
            media=named(view.media, "media"),
            lights=tuple(named(light, "lights") for light in view.lights),
            before=named(view.before, "before"),
            after=named(view.after, "after"),
            items=tuple(self.item(item, f"{place} › items {n}") for n, item in enumerate(view.items, start=1)),
        )
        self._judge_light(made, number, place)
        return made

    def item(self, item: Item, place: str) -> Item:
        media = self.media(item.object, item.media, "row", f"{place} › media") if item.media else ""
        return replace(item, object=self.record_id(item.object, f"{place} › object"), media=media)

    def record_id(self, number: str, place: str) -> str:
        if number in self.known:
            return self.known[number].id
        if number not in self.coming:
            self.tell("object_unknown", place, number=number)
        return number

    def media(self, number: str, file_name: str, kind: str, place: str) -> str:
        if number not in self.known:
            return file_name  # the object itself was told of, or is still to come
        there = self.known[number].media
        found = next((m for m in there if nfc(m.file_name) == file_name), None)
        if found is None and number in self.coming:
            return file_name
        if found is None:
            names = ", ".join(m.file_name for m in there[:_MOST_NAMED]) + (" …" if len(there) > _MOST_NAMED else "")
            self.tell("media_unknown", place, file_name=file_name, number=number, known=names or "–")
            return file_name
        if found.kind not in _MEDIA_KINDS.get(kind, (found.kind,)):
            self.tell("media_wrong_kind", place, file_name=file_name, kind=kind)
        return found.id

    def _judge_light(self, view: View, number: str, place: str) -> None:
        if not view.light or number not in self.known or number in self.coming:
            return
        of_view = [m for m in self.known[number].media if m.id in (view.media, *view.lights)]
        known = [light_of(m) for m in of_view if light_of(m)]
        if view.light not in known:
            self.tell("light_unknown", f"{place} › light", light=view.light, known=", ".join(known) or "–")

    def tell(self, code: str, place: str, *, severity: Severity = "error", **values: object) -> None:
        self.problems.append(
            Problem(code=f"story.{code}", file=self.file, values={"place": place, **values}, severity=severity)
        )


def _result(name: str, written: Written | None, action: Action) -> Result:
    return Result(table=name, row=0, key=written.story.slug if written else "", action=action)
