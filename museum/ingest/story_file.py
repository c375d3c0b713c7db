"""One stories/*.toml as written by hand → a story whose objects are still numbers and whose media are file names.

What is wrong is told with file, place in the file, cause and cure; nothing is guessed and nothing unknown passes.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from museum.exhibitions.store import is_slug
from museum.exhibitions.story import KINDS, VIEW_KINDS, Camera, Hotspot, Item, Source, Stop, Story, View
from museum.ingest.problems import Problem, Severity
from museum.text import Text, nfc, tidy

LANGUAGES = ("vi", "en")
_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")
_RESERVED = frozenset({"start", "main"})  # ids that the page itself has
_STORY_KEYS = ("slug", "kind", "title", "lead", "note", "cover", "sample", "skip_missing", "sources", "stops")
_STOP_KEYS = ("id", "title", "text", "alt", "audio", "sources", "views")
_VIEW_KEYS: Mapping[str, tuple[str, ...]] = {
    "image": ("object", "media", "region", "lights", "light"),
    "scan": ("object", "media", "camera", "hotspots"),
    "compare": ("object", "before", "after", "region"),
    "row": ("items",),
    "audio": ("object", "media", "start_s", "end_s"),
    "place": ("object",),
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "image": ("object", "media"),
    "scan": ("object", "media"),
    "compare": ("object", "before", "after"),
    "row": ("items",),
    "audio": ("object", "media"),
    "place": ("object",),
}
_TOO_FAR_DEG = 360.0


@dataclass(frozen=True, kw_only=True)
class Written:
    """A story as its file says it. `is_sample` None: the file leaves it to its objects. `skips_missing`: views of
    objects or files that are not there are left out instead of refusing the story (a collection in parts)."""

    story: Story
    is_sample: bool | None
    skips_missing: bool = False


@dataclass
class _Pen:
    """Reads one table of the file and collects what is wrong with it; `place` leads to it from the file's start."""

    file: str
    table: Mapping[str, Any]
    problems: list[Problem]
    place: tuple[str, ...] = field(default=())

    def tell(self, code: str, key: str = "", *, severity: Severity = "error", **values: object) -> None:
        where = " › ".join((*self.place, key) if key else self.place)
        self.problems.append(
            Problem(code=f"story.{code}", file=self.file, values={"place": where, **values}, severity=severity)
        )

    def only(self, known: Sequence[str]) -> None:
        for key in self.table:
            if key not in known:
                self.tell("key_unknown", key, known=", ".join(known))

    def need(self, keys: Sequence[str]) -> None:
        for key in keys:
            if key not in self.table:
                self.tell("key_missing", key)

    def inside(self, key: str) -> "_Pen":
        """The table under `key`, an empty one where there is none or something else."""
        given = self.table.get(key, {})
        if not isinstance(given, Mapping):
            self.tell("wrong_value", key, value=given, expected='{ vi = "…", en = "…" }')
            given = {}
        return _Pen(file=self.file, table=given, problems=self.problems, place=(*self.place, key))

    def each(self, key: str, *, named: Callable[[Mapping[str, Any], int], str]) -> list["_Pen"]:
        """The tables of a list, each with its place named."""
        given = self.table.get(key, [])
        if not isinstance(given, list) or not all(isinstance(item, Mapping) for item in given):
            self.tell("wrong_value", key, value=given, expected=f"[[{key}]]")
            return []
        return [
            _Pen(file=self.file, table=item, problems=self.problems, place=(*self.place, named(item, n)))
            for n, item in enumerate(given, start=1)
        ]

    def word(self, key: str) -> str:
        given = self.table.get(key, "")
        if not isinstance(given, str):
            self.tell("wrong_value", key, value=given, expected='"…"')
            return ""
        return tidy(given)

    def answer(self, key: str) -> bool | None:
        given = self.table.get(key)
        if given is not None and not isinstance(given, bool):
            self.tell("wrong_value", key, value=given, expected="true, false")
            return None
        return given

    def choice(self, key: str, known: Sequence[str], *, default: str) -> str:
        given = self.word(key) or default
        if given not in known:
            self.tell("wrong_value", key, value=given, expected=", ".join(known))
            return default
        return given

    def text(self, key: str, *, is_needed: bool = False) -> Text:
        if key not in self.table:
            if is_needed:
                self.tell("key_missing", key)
            return Text()
        inner = self.inside(key)
        for language, words in inner.table.items():
            if not isinstance(words, str):
                inner.tell("wrong_value", language, value=words, expected='"…"')
        made = Text.of(**{k: w for k, w in inner.table.items() if isinstance(w, str)})
        for language in LANGUAGES:
            if language not in made:
                self.tell("language_missing", key, severity="warning", language=language)
        return made

    def words(self, key: str) -> tuple[str, ...]:
        given = self.table.get(key, [])
        if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
            self.tell("wrong_value", key, value=given, expected='["…", "…"]')
            return ()
        return tuple(nfc(item) for item in given)

    def number(self, key: str, *, least: float, most: float, default: float = 0.0) -> float:
        given = self.table.get(key, default)
        if isinstance(given, bool) or not isinstance(given, int | float) or not least <= given <= most:
            self.tell("wrong_value", key, value=given, expected=f"{least:g} … {most:g}")
            return default
        return float(given)

    def numbers(self, key: str, count: int, *, least: float, most: float) -> tuple[float, ...]:
        """`count` numbers between two bounds; () where the key is not there."""
        if key not in self.table:
            return ()
        given = self.table[key]
        fits = isinstance(given, list) and len(given) == count
        if not fits or not all(_is_number(n) and least <= n <= most for n in given):
            self.tell("wrong_value", key, value=given, expected=f"{count} × {least:g} … {most:g}")
            return ()
        return tuple(float(n) for n in given)


def read_story(path: Path, *, name: str) -> tuple[Written | None, list[Problem]]:
    """The story of one file, or None with what is wrong; warnings may come with a story. `name` stands in reports."""
    problems: list[Problem] = []
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return None, [Problem(code="story.unreadable", file=name, values={"reason": error})]
    pen = _Pen(file=name, table=given, problems=problems)
    pen.only(_STORY_KEYS)
    pen.need(("slug", "stops"))
    slug = pen.word("slug")
    if slug and not is_slug(slug):
        problems.append(Problem(code="story.bad_slug", file=name, values={"slug": slug}))
    sample = pen.answer("sample")
    sources = _sources(pen)
    story = Story(
        id="",
        slug=slug,
        kind="tour" if pen.choice("kind", KINDS, default="exhibition") == "tour" else "exhibition",
        institution="",
        title=pen.text("title", is_needed=True),
        lead=pen.text("lead"),
        note=pen.text("note"),
        cover=_cover(pen),
        stops=_stops(pen, [s.id for s in sources]),
        sources=sources,
    )
    skips = bool(pen.answer("skip_missing"))
    if any(problem.is_error for problem in problems):
        return None, problems
    return Written(story=story, is_sample=sample, skips_missing=skips), problems


def _cover(pen: _Pen) -> View:
    if "cover" not in pen.table:
        return View(kind="image")
    inner = pen.inside("cover")
    inner.only(_VIEW_KEYS["image"])
    inner.need(("object",))
    return View(
        kind="image",
        object=inner.word("object"),
        media=nfc(inner.word("media")),
        region=_region(inner),
    )


def _sources(pen: _Pen) -> tuple[Source, ...]:
    made = []
    for one in pen.each("sources", named=lambda item, n: f"sources {item.get('id', n)}"):
        one.only(("id", "words", "link"))
        one.need(("id",))
        link = one.word("link")
        if link and not link.startswith(("https://", "http://")):
            one.tell("wrong_value", "link", value=link, expected="https://…")
        made.append(Source(id=one.word("id"), words=one.text("words", is_needed=True), link=link))
    return tuple(made)


def _stops(pen: _Pen, sources: Sequence[str]) -> tuple[Stop, ...]:
    made: list[Stop] = []
    for one in pen.each("stops", named=lambda item, n: f"stops {item.get('id', n)}"):
        one.only(_STOP_KEYS)
        one.need(("id",))
        stop_id = one.word("id")
        if stop_id and (not _ID.fullmatch(stop_id) or stop_id in _RESERVED):
            one.tell("wrong_value", "id", value=stop_id, expected="a-z, 0-9, -")
        if stop_id and any(stop.id == stop_id for stop in made):
            one.tell("stop_twice", id=stop_id)
        for source in one.words("sources"):
            if source not in sources:
                one.tell("source_unknown", "sources", source=source, known=", ".join(sources) or "–")
        views = one.each("views", named=lambda _item, n: f"views {n}")
        made.append(
            Stop(
                id=stop_id,
                title=one.text("title", is_needed=True),
                text=one.text("text", is_needed=True),
                alt=one.text("alt"),
                views=tuple(view for pen_ in views if (view := _view(pen_)) is not None),
                audio=nfc(one.word("audio")),
                sources=one.words("sources"),
            )
        )
    if "stops" in pen.table and not made:
        pen.tell("no_stops")
    return tuple(made)


def _view(pen: _Pen) -> View | None:
    kind = next((k for k in VIEW_KINDS if k == pen.word("kind")), None)
    if kind is None:
        pen.tell("wrong_value", "kind", value=pen.table.get("kind", ""), expected=", ".join(VIEW_KINDS))
        return None
    pen.only(("kind", "label", *_VIEW_KEYS[kind]))
    pen.need(_NEEDED[kind])
    return View(
        kind=kind,
        object=pen.word("object"),
        media=nfc(pen.word("media")),
        region=_region(pen),
        lights=pen.words("lights"),
        light=pen.word("light"),
        camera=_camera(pen.inside("camera")),
        hotspots=_hotspots(pen),
        before=nfc(pen.word("before")),
        after=nfc(pen.word("after")),
        items=_items(pen),
        start_s=pen.number("start_s", least=0, most=86_400),
        end_s=pen.number("end_s", least=0, most=86_400),
        label=pen.text("label"),
    )


def _region(pen: _Pen) -> tuple[float, ...]:
    region = pen.numbers("region", 4, least=0, most=1)
    if region and (not region[2] or not region[3] or region[0] + region[2] > 1.0001 or region[1] + region[3] > 1.0001):
        pen.tell("wrong_value", "region", value=list(region), expected="x + w ≤ 1, y + h ≤ 1, w > 0, h > 0")
        return ()
    return region


def _camera(pen: _Pen) -> Camera:
    pen.only(("azimuth_deg", "elevation_deg", "distance", "target"))
    return Camera(
        azimuth_deg=pen.number("azimuth_deg", least=-_TOO_FAR_DEG, most=_TOO_FAR_DEG),
        elevation_deg=pen.number("elevation_deg", least=-90, most=90),
        distance=pen.number("distance", least=0, most=20),
        target=pen.numbers("target", 3, least=-1, most=1),
    )


def _hotspots(pen: _Pen) -> tuple[Hotspot, ...]:
    made = []
    for one in pen.each("hotspots", named=lambda _item, n: f"hotspots {n}"):
        one.only(("at", "label"))
        one.need(("at",))
        made.append(Hotspot(at=one.numbers("at", 3, least=-1, most=1), label=one.text("label", is_needed=True)))
    return tuple(made)


def _items(pen: _Pen) -> tuple[Item, ...]:
    made = []
    for one in pen.each("items", named=lambda _item, n: f"items {n}"):
        one.only(("object", "media", "label"))
        one.need(("object",))
        made.append(Item(object=one.word("object"), media=nfc(one.word("media")), label=one.text("label")))
    return tuple(made)


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)
