"""Kernels compiled beforehand are those that the demonstration and scans use: nobody waits for the compiler again."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from numba.core.registry import CPUDispatcher

import museum.demonstration
import museum.geometry
from museum.demonstration import kernels, plan, production
from museum.demonstration.plan import Plan
from museum.ingest import scans


def _kernels() -> dict[str, CPUDispatcher]:
    """Every kernel by module and name, but those that only other kernels call: they are part of them."""
    found: dict[str, CPUDispatcher] = {}
    for package in (museum.geometry, museum.demonstration):
        for entry in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, one in vars(importlib.import_module(entry.name)).items():
                if isinstance(one, CPUDispatcher) and one.py_func.__module__ == entry.name:
                    found[f"{entry.name}.{name}"] = one
    inner = {called for one in found.values() for called in one.py_func.__code__.co_names}
    return {name: one for name, one in found.items() if name.rpartition(".")[2] not in inner}


def _compiled() -> dict[str, int]:
    return {name: len(one.signatures) for name, one in _kernels().items()}


@pytest.fixture(scope="module")
def prepared() -> dict[str, int]:
    """What is compiled after the preparation, in this process."""
    for work in kernels.WORK:
        work()
    return _compiled()


def test_every_kernel_is_prepared(prepared: dict[str, int]) -> None:
    assert len(prepared) >= 20
    assert [name for name, variants in prepared.items() if not variants] == []


def test_the_demonstration_compiles_nothing_more(prepared: dict[str, int], tmp_path: Path) -> None:
    """The bell has a body of blended pieces, the urn noise and a scan; photographs and a scan's poster are drawn."""
    whole = plan.load("small")
    only = Plan(profile="small", digest="", objects=(whole.object("bell"), whole.object("urn-cao")))
    production.produce(only, tmp_path, workers=1)
    work = tmp_path / "work"
    work.mkdir()
    scans.derive(tmp_path / "urn-cao.glb", work, parts=(), unit="mm", up_axis="Y", name="urn-cao.glb")
    assert {name: (prepared[name], now) for name, now in _compiled().items() if now != prepared[name]} == {}
