"""A story over the shared data: every kind of view in ten stops, saved into a museum of those objects."""

import contextlib
import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

from museum import config
from museum.db import open_engine, writing
from museum.exhibitions import store
from museum.exhibitions.story import Camera, Hotspot, Item, Stop, Story, View
from museum.text import Text

SLUG = "nam-loai-anh-sang"
GONE = "da-rut"
STOPS = (
    "chan-dung",
    "doi-mat",
    "den-xien",
    "tu-ngoai",
    "tia-x",
    "truoc-va-sau",
    "ken-saxophone",
    "mieng-ken",
    "tieng-chuong",
    "san-kham",
)
EYES = (0.33, 0.36, 0.3, 0.12)


def copied(home: Path, target: Path) -> Path:
    """A museum like the one at `home`: files linked, the database its own, so that the first stays as it is."""
    not_linked = shutil.ignore_patterns("museum.db*", "museum.toml", "*.log", "*.lock")
    shutil.copytree(home, target, copy_function=os.link, ignore=not_linked)
    shutil.copy(home / "museum.toml", target)
    with (
        contextlib.closing(sqlite3.connect(home / "museum.db")) as old,
        contextlib.closing(sqlite3.connect(target / "museum.db")) as new,
    ):
        old.backup(new)
    return target


def save_story(home: Path, records: dict[str, dict[str, Any]]) -> None:
    """Publish the story in the museum at `home`, and withdraw a twin; `records`: `museum list --json` by object id."""
    engine = open_engine(config.load(home).database)
    story = story_of(records)
    twin = replace(story, id="k3x7m9p35", slug=GONE)
    with writing(engine) as session:
        for one in (story, twin, replace(twin, state="withdrawn")):
            store.save(session, one, person="test", batch="test")


def story_of(records: dict[str, dict[str, Any]]) -> Story:
    """The story of these records."""
    portrait, saxophone = records["DEMO-MUM-01"], records["DEMO-SCN-02"]
    lights = [m["id"] for m in portrait["media"][:5]]
    seen = dict(zip(("visible", "raking", "ultraviolet", "infrared", "xray"), lights, strict=True))

    def portrait_in(light: str, region: tuple[float, ...] = ()) -> View:
        return View(kind="image", object=portrait["id"], media=seen[light], region=region, lights=tuple(lights))

    def scan(azimuth: float, elevation: float, **others: Any) -> View:
        camera = Camera(azimuth_deg=azimuth, elevation_deg=elevation, **others.pop("camera", {}))
        return View(kind="scan", object=saxophone["id"], media=saxophone["media"][0]["id"], camera=camera, **others)

    bell, floors = records["DEMO-SND-01"], [records[f"DEMO-MOS-{n:02}"] for n in (1, 2, 3, 4, 5, 6)]
    views: tuple[tuple[View, ...], ...] = (
        (portrait_in("visible"),),
        (portrait_in("visible", EYES),),
        (portrait_in("raking", EYES),),
        (portrait_in("ultraviolet", (0.05, 0.1, 0.9, 0.5)),),
        (portrait_in("xray"),),
        (
            View(kind="compare", object=portrait["id"], before=seen["visible"], after=seen["xray"]),
            portrait_in("infrared", EYES),
        ),
        (
            scan(
                -30,
                10,
                hotspots=(
                    Hotspot(at=(0.0, 0.9, 0.0), label=Text.of(vi="Miệng kèn", en="The mouthpiece")),
                    Hotspot(at=(0.1, -0.8, 0.2), label=Text.of(vi="Đáy loa kèn", en="The bottom of the bell")),
                ),
            ),
        ),
        (scan(60, 25, camera={"distance": 2.4, "target": (0.0, 0.6, 0.0)}),),
        (View(kind="audio", object=bell["id"], media=bell["media"][0]["id"], end_s=5.0),),
        (View(kind="row", items=tuple(Item(object=one["id"]) for one in floors)),),
    )
    stops = tuple(
        Stop(id=STOPS[n], title=title, text=text, alt=alt, views=views[n])
        for n, (title, text, alt) in enumerate(_WORDS)
    )
    return Story(
        id="k3x7m9p2w",
        slug=SLUG,
        kind="exhibition",
        institution=portrait["institution"],
        title=Text.of(vi="Năm loại ánh sáng, một gương mặt", en="Five lights, one face"),
        lead=Text.of(
            vi="Một bức chân dung vẽ bằng sáp cách đây gần hai nghìn năm, nhìn lại dưới năm loại ánh sáng.",
            en="A portrait painted in wax almost two thousand years ago, seen again in five kinds of light.",
        ),
        state="published",
        cover=portrait_in("visible"),
        stops=stops,
    )


def _words(vi: tuple[str, str, str], en: tuple[str, str, str]) -> tuple[Text, Text, Text]:
    title, text, alt = (Text.of(vi=v, en=e) for v, e in zip(vi, en, strict=True))
    return title, text, alt


_WORDS = (
    _words(
        (
            "Một người phụ nữ",
            "Bà đeo vòng cổ, hoa tai và một vòng lá thếp vàng. Bức chân dung từng phủ lên gương mặt của một xác ướp.",
            "Chân dung bán thân một phụ nữ nhìn thẳng, tóc đen, vòng lá vàng trên tóc.",
        ),
        (
            "A woman",
            "She wears necklaces, earrings and a gilded wreath. The portrait once covered the face of a mummy.",
            "Half-length portrait of a woman looking at us, dark hair, a gilded wreath.",
        ),
    ),
    _words(
        (
            "Đôi mắt",
            "Người vẽ chấm một đốm sáng trắng ở mỗi con ngươi, nên ánh mắt như dõi theo người xem.",
            "Đôi mắt nâu, mỗi con ngươi có một đốm trắng.",
        ),
        (
            "The eyes",
            "The painter set a white light into each pupil: the eyes seem to follow us.",
            "Brown eyes with a white point in each pupil.",
        ),
    ),
    _words(
        (
            "Dấu cọ dưới ánh đèn xiên",
            "Đặt đèn thật thấp ở một bên, mỗi vệt sáp đổ một bóng dài. Hướng cọ hiện ra rõ như mới hôm qua.",
            "Cùng chỗ ấy dưới ánh đèn xiên: bề mặt sáp nổi gờ.",
        ),
        (
            "Brush marks in raking light",
            "With the lamp low at one side each ridge of wax throws a long shadow, and the brush's way is plain.",
            "The same place in raking light: ridges of wax.",
        ),
    ),
    _words(
        (
            "Tử ngoại",
            "Dưới tia tử ngoại, chất hữu cơ phát quang; chỗ sửa về sau thường hiện thành mảng tối.",
            "Bức chân dung ánh xanh lục dưới tia tử ngoại.",
        ),
        (
            "Ultraviolet",
            "In ultraviolet organic matter glows; later retouching often shows as dark patches.",
            "The portrait glowing greenish in ultraviolet.",
        ),
    ),
    _words(
        (
            "Tia X đi xuyên qua gỗ",
            "Phim X-quang cho thấy thớ gỗ, các vết nứt và những chỗ sơn chứa kim loại nặng.",
            "Phim X-quang đen trắng: thớ gỗ dọc, gương mặt mờ.",
        ),
        (
            "X-rays pass the wood",
            "The radiograph shows the grain, the cracks and paint that holds heavy metal.",
            "Black and white radiograph: upright grain, a faint face.",
        ),
    ),
    _words(
        (
            "Cùng một chỗ, hai cách nhìn",
            "Kéo ranh giới, bấm vào ảnh, hoặc dùng phím mũi tên: bên này là mắt thường, bên kia là tia X.",
            "Hai ảnh chồng khít: ánh sáng thường và tia X.",
        ),
        (
            "One place, two ways to see",
            "Drag the border, click into the picture, or use the arrow keys: visible light here, X-rays there.",
            "Two registered pictures: visible light and X-rays.",
        ),
    ),
    _words(
        (
            "Một cây kèn",
            "Bản quét giữ lại từng phím bấm. Các điểm đánh số cho biết tên của hai phần.",
            "Bản quét 3D một cây kèn saxophone đồng.",
        ),
        (
            "A saxophone",
            "The scan keeps every key. The numbered points name two of its parts.",
            "3D scan of a brass saxophone.",
        ),
    ),
    _words(
        (
            "Gần hơn",
            "Vòng sang bên phải và nhìn từ trên xuống: cổ kèn uốn về phía người thổi.",
            "Phần trên của cây kèn nhìn từ bên phải.",
        ),
        (
            "Closer",
            "Round to the right and from above: the neck bends toward the player.",
            "The upper part of the saxophone from the right.",
        ),
    ),
    _words(
        ("Tiếng chuông", "Nghe năm giây của một tiếng chuông.", "Dạng sóng của một tiếng chuông."),
        ("A bell", "Listen to five seconds of a bell.", "The wave of a bell's sound."),
    ),
    _words(
        (
            "Sáu mặt sàn khảm",
            "Sáu mặt sàn đặt cạnh nhau; mỗi ảnh dẫn tới hồ sơ của hiện vật.",
            "Sáu mặt sàn khảm đá.",
        ),
        ("Six floors", "Six mosaic floors side by side; each leads to its record.", "Six mosaic floors."),
    ),
)
