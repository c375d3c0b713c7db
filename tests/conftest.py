"""Fixtures for all tests: the real data, PostgreSQL, Chromium, and what happens where one of them is absent."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import ceph
from tests.browser.stories import copied, save_story
from tests.museums import Served, built_once, serving
from tests.postgres import Cluster, server_programs

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
COUNT = Path(__file__).parent / "count.txt"
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
IN_CI = bool(os.environ.get("CI"))


def absent(mark: str) -> str:
    """What is missing for tests of that mark, and what to do; "" when nothing is."""
    if mark == "shared" and not SHARED.is_dir():
        return "the shared data is not beside this checkout (../shared/data)"
    if mark == "browser" and shutil.which("chromium") is None:
        return "Chromium is missing: sudo apt-get install chromium"
    if mark == "nginx" and shutil.which("nginx") is None and not Path("/usr/sbin/nginx").exists():
        return "nginx is missing: sudo apt-get install nginx-light"
    if mark == "systemd" and shutil.which("systemd-analyze") is None:
        return "systemd-analyze is missing: sudo apt-get install systemd"
    if mark == "postgresql" and server_programs() is None:
        return "PostgreSQL's server is missing: sudo apt-get install postgresql"
    if mark == "ceph" and not ceph.has_programs():
        return "Ceph is missing: sudo apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common"
    return ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests whose means are absent and count them in one line; in CI their absence is a failure."""
    for mark in ("shared", "browser", "postgresql", "ceph", "nginx", "systemd"):
        wanting = [item for item in items if item.get_closest_marker(mark)]
        reason = absent(mark)
        if not wanting or not reason:
            continue
        if IN_CI:
            raise pytest.UsageError(f"{len(wanting)} tests can't run, and CI must run them: {reason}")
        items[:] = [item for item in items if not item.get_closest_marker(mark)]
        config.hook.pytest_deselected(items=wanting)
        config.stash.setdefault(LEFT_OUT, []).append(f"{len(wanting)} tests left out: {reason}")


LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out; in CI fail when fewer tests passed than the last time somebody counted."""
    for line in config.stash.get(LEFT_OUT, []):
        terminalreporter.write_line(line, yellow=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A whole run in CI must pass at least as many tests as tests/count.txt says."""
    config = session.config
    if hasattr(config, "workerinput") or exitstatus != 0 or not IN_CI or not _is_whole(config):
        return
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    passed = len(reporter.stats.get("passed", [])) if reporter else 0
    least = int(COUNT.read_text(encoding="utf-8"))
    if reporter:
        reporter.write_line(f"{passed} tests passed; at least {least} are expected (tests/count.txt)")
    if passed < least:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _is_whole(config: pytest.Config) -> bool:
    return not config.option.markexpr and not config.option.keyword and config.args_source.name == "TESTPATHS"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window; one of a process, since Playwright allows no second beside it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photographs, scans, sound and tables."""
    return SHARED


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SQLAlchemy URL of an empty PostgreSQL cluster of this session's own, listening on a socket only."""
    cluster = Cluster(tmp_path_factory.mktemp("pg"))
    cluster.start()
    try:
        yield cluster.url
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def s3_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ceph.Gateway]:
    """An S3 service: Ceph's gateway, one for all processes of the session."""
    base = tmp_path_factory.getbasetemp()
    with ceph.shared(base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def real_museum(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The museum of the real data, ingested from its CSV and served. Tests must not change it."""
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    with serving(built_once(base / "real", shared_data), "--no-work", "--workers", "1") as served:
        yield served


@pytest.fixture(scope="session")
def story_museum(real_museum: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the museum of the real data with one exhibition. Tests must not change it."""
    home = copied(real_museum.home, tmp_path_factory.mktemp("story") / "museum")
    save_story(home, real_museum.by_object_id())
    with serving(home, "--no-work", "--workers", "1") as served:
        yield served
