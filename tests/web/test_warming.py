"""A web process that was warmed has been the whole way of a tile before the first visitor."""

from dataclasses import replace
from pathlib import Path

from museum.web import app
from tests.web.image_museum import build_image_museum

TILE = b"GET /iiif/image/3/openphoto/0,0,256,256/256,256/0/default.jpg HTTP/1.1\r\nHost: baotang.example\r\n\r\n"


def test_a_tile_is_at_hand_in_a_process_that_was_warmed(tmp_path: Path) -> None:
    museum = build_image_museum(tmp_path)
    counted: list[int] = []
    site = app.site(
        museum.settings, engine=museum.engine, count=lambda status, _seconds, _bytes: counted.append(status)
    )
    assert site.tiles.answer(TILE, date=b"-") is None
    site.warm()
    assert counted == []  # nobody asked
    opened = site.tiles._service._opened["openphoto"]
    assert len(opened.tiles) == 1  # the event loop's way was gone, too
    answer = site.tiles.answer(TILE, date=b"-")
    assert answer is not None
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert counted == [200]
    museum.engine.dispose()


def test_a_museum_whose_images_may_not_be_asked_for_whole_is_warmed_too(tmp_path: Path) -> None:
    museum = build_image_museum(tmp_path)
    site = app.site(replace(museum.settings, image_max_width_px=1), engine=museum.engine)
    site.warm()
    assert site.tiles.answer(TILE, date=b"-") is not None
    museum.engine.dispose()


def test_a_museum_without_pictures_is_warmed_too(tmp_path: Path) -> None:
    museum = build_image_museum(tmp_path)
    with museum.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE media SET kind = 'document'")
    site = app.site(museum.settings, engine=museum.engine)
    site.warm()
    assert site.tiles.answer(TILE, date=b"-") is None
    museum.engine.dispose()
