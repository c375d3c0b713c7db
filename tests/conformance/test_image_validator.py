"""IIIF's own validator runs against our image service over HTTP: every test of 2.1 and 3.0 at level 2."""

import re
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from museum.iiif.service import ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from museum.web.tiles import ImageRoute
from tests.conformance import image_judge

IDENTIFIER = "67352ccc-d1b0-11e1-89ae-279075081939"  # the validator's own


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server of the validator's test picture: 10 × 10 squares of 100 px in the colours it looks for."""
    folder = tmp_path_factory.mktemp("validator")
    image_judge.write_squares(folder / "squares.png")
    facts = pyramid.build(folder / "squares.png", folder / "pyramid")
    located = Located("0" * 64, LocalFolder(folder / "pyramid"), facts.width_px, facts.height_px, "", True)
    service = ImageService(lambda identifier: located if identifier == IDENTIFIER else None)

    def nothing_else(environ: object, start_response: object) -> list[bytes]:
        raise AssertionError("every request of the validator is ours")

    server = make_server("127.0.0.1", 0, ImageRoute(nothing_else, service), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("path", "version", "tests"), [("iiif/image/2", "2.0", 30), ("iiif/image/3", "3.0", 33)])
def test_the_validator_finds_no_fault(port: int, path: str, version: str, tests: int) -> None:
    code, report = image_judge.judged(f"127.0.0.1:{port}", path, IDENTIFIER, version=version, level=2)
    assert re.search(rf"Done \({tests} tests", report), report
    assert code == 0, report


def test_the_validator_does_find_faults(port: int) -> None:
    """Control: the same judge on an identifier we don't have fails."""
    code, _ = image_judge.judged(f"127.0.0.1:{port}", "iiif/image/3", "unknown", version="3.0", level=2)
    assert code > 0
