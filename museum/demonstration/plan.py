"""What the demonstration collection consists of: its objects, their reserved numbers, and every file made of them."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any, Literal

from museum.text import Text

Make = Literal["photo", "large", "turntable", "scan", "sound"]
Light = Literal["studio", "raking-left", "raking-right", "uv", "x-ray"]
Profile = Literal["full", "small"]
LANGUAGES = ("vi", "en")
_SMALL_PX = 480  # the longest side of a picture in the small profile
_SMALL_FACES = 20_000


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """One file of the folder and how it is made.

    `role` is what the media sheet says; `order` counts from 1 within the object. `region` is the share of the frame
    (x, y, width, height) that a close-up shows; `is_laid` lays the object on its back, its underside to the camera.
    `unit` and `up_axis` are stated in the sheet where the format can't.
    """

    name: str
    make: Make
    role: str
    order: int
    label: Text
    alt: Text
    width_px: int = 0
    height_px: int = 0
    light: Light = "studio"
    azimuth_deg: float = 0.0
    elevation_deg: float = 0.0
    fov_deg: float = 24.0
    region: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    has_floor: bool = True
    is_laid: bool = False
    epoch: str = ""
    unit: str = ""
    up_axis: str = ""
    max_faces: int = 0

    @property
    def is_picture(self) -> bool:
        """Whether a photograph-like picture is made."""
        return self.make in ("photo", "large", "turntable")


@dataclass(frozen=True, kw_only=True)
class PlannedObject:
    """One object: `module` in museum.demonstration.objects builds it with `arguments`; `grain` is its fine skin."""

    key: str
    number: str
    module: str
    arguments: Mapping[str, str]
    names: Text
    files: tuple[PlannedFile, ...]
    grain: Mapping[str, float] = field(default_factory=dict)

    def file(self, name: str) -> PlannedFile:
        """The file of that name; KeyError when there is none."""
        return next(iter(f for f in self.files if f.name == name))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The collection. `digest` changes with everything that the plan says of the files themselves."""

    profile: Profile
    digest: str
    objects: tuple[PlannedObject, ...] = field(default_factory=tuple)

    def object(self, key: str) -> PlannedObject:
        """The object of that key; KeyError when this profile has none."""
        found = {one.key: one for one in self.objects}
        return found[key]

    def numbers(self) -> dict[str, str]:
        """Reserved number by key."""
        return {one.key: one.number for one in self.objects}


def load(profile: Profile = "full", *, with_large_scan: bool = False) -> Plan:
    """Read the plan. The small profile keeps few objects and few, small files; `with_large_scan` adds what is made
    on request only."""
    text = (files("museum.demonstration") / "plan.toml").read_bytes()
    data = tomllib.loads(text.decode())
    objects = []
    grain = data["grain"]
    for place, one in enumerate(data["object"], start=1):
        if profile == "small" and not one.get("is_small"):
            continue
        number = f"{data['words']['number_prefix']}{place:04d}"
        rows = [*data["set"][one["set"]]["file"]] if "set" in one else []
        rows += one.get("file", [])
        if profile == "small":
            rows = [row for row in rows if row.get("is_small")]
        rows = [row for row in rows if with_large_scan or not row.get("is_on_request")]
        planned: list[PlannedFile] = []
        for row in rows:
            planned += _files(data["defaults"] | row, one, data["words"], first=len(planned) + 1, profile=profile)
        objects.append(
            PlannedObject(
                key=one["key"], number=number, module=one["module"], arguments=one.get("arguments", {}),
                names=Text(one["names"]), files=tuple(planned),
                grain=one.get("grain", grain.get(one["module"], {})),
            )
        )  # fmt: skip
    # What pictures say for those who can't see them stands in a table, not in the pictures.
    made = [replace(one, files=tuple(replace(file, alt=Text()) for file in one.files)) for one in objects]
    digest = hashlib.sha256(f"{profile} {made}".encode()).hexdigest()
    return Plan(profile=profile, digest=digest, objects=tuple(objects))


def _files(
    row: Mapping[str, Any], one: Mapping[str, Any], words: Mapping[str, str], *, first: int, profile: Profile
) -> list[PlannedFile]:
    """The files of one row: one, or as many as a turntable has frames."""
    frames = int(row.get("frames", 1))
    width, height = row["size"]
    if profile == "small":
        width, height = (round(side * _SMALL_PX / max(row["size"])) for side in row["size"])
    found = []
    for frame in range(frames):
        turn = row["azimuth_deg"] + 360 * frame / frames
        said: dict[str, dict[str, str]] = {"label": {}, "alt": {}}
        for language in LANGUAGES:
            known = {"name": one["names"][language], "seen": one["seen"][language], "turn": f"{turn:g}"}
            for what, made in said.items():
                stem = f"{'turntable' if what == 'label' else 'turntable_alt'}_{language}"
                pattern = words[stem] if row["make"] == "turntable" else row[f"{what}_{language}"]
                made[language] = pattern.format(**known)
        is_picture = row["make"] in ("photo", "large", "turntable")
        found.append(
            PlannedFile(
                name=row["name"].format(key=one["key"], frame=f"{frame + 1:02d}"), make=row["make"], role=row["role"],
                order=first + frame, label=Text(said["label"]), alt=Text(said["alt"]),
                width_px=width if is_picture else 0, height_px=height if is_picture else 0,
                light=row.get("light", "studio"), azimuth_deg=turn, elevation_deg=row["elevation_deg"],
                fov_deg=row["fov_deg"], region=tuple(row.get("region", (0.0, 0.0, 1.0, 1.0))),
                has_floor=row.get("has_floor", True),
                is_laid=row.get("is_laid", False), epoch=row.get("epoch", ""), unit=row.get("unit", ""),
                up_axis=row.get("up_axis", ""),
                max_faces=min(row.get("max_faces", 0), _SMALL_FACES) if profile == "small" else row.get("max_faces", 0),
            )
        )  # fmt: skip
    return found
