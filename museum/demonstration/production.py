"""The making of every file of the plan: object by object on all cores, each file whole or not there at all."""

import importlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from museum.demonstration import plan as plans
from museum.demonstration import scan_files, sound
from museum.demonstration.model import Model
from museum.demonstration.pictures import Photographer
from museum.demonstration.plan import Plan, PlannedFile, PlannedObject
from museum.jobs import processes

_DETAIL = {"full": 0.3, "small": 0.04}
_LARGE_DETAIL = {"full": 0.75, "small": 0.04}
_TURNTABLE_DETAIL = 0.15
_DETAIL_PER_FACE = 3.0 / 5_000_000  # a model that has a little more than that many triangles
_PART = ".part"


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Files of one object that share a fineness of its model; made by one process, in order."""

    key: str
    detail: float
    files: tuple[PlannedFile, ...]

    @property
    def weight(self) -> float:
        """About how long it takes, for the order of work only."""
        pixels = sum(f.width_px * f.height_px for f in self.files)
        return pixels / 1e6 + 30 * self.detail * len({f.epoch for f in self.files})


def produce(plan: Plan, folder: Path, *, workers: int, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Make what is missing in `folder`. Cut off in the middle and called again it goes on with the next file.

    `workers` processes work side by side; with one, this process does it all.
    """
    for left in folder.glob(f".*{_PART}*"):
        left.unlink()
    total = sum(len(one.files) for one in plan.objects)
    batches = sorted(batches_of(plan, folder), key=lambda b: -b.weight)
    done = total - sum(len(b.files) for b in batches)

    def tell(made: int) -> None:
        nonlocal done
        done += made
        if on_progress is not None:
            on_progress(done, total)

    tell(0)
    objects = {one.key: one for one in plan.objects}
    if workers <= 1 or len(batches) <= 1:
        for batch in batches:
            for _ in make(objects[batch.key], batch, folder):
                tell(1)
        return
    _side_by_side([(objects[b.key], b) for b in batches], folder, workers, tell)


def _side_by_side(
    work: list[tuple[PlannedObject, Batch]], folder: Path, workers: int, tell: Callable[[int], None]
) -> None:
    """Each process has its share of the cores; what was made is counted by what lies in the folder."""
    threads = max(1, (os.cpu_count() or 1) // workers)
    waited = [folder / f.name for _, batch in work for f in batch.files]
    seen: set[Path] = set()
    context = processes.context()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_settle, initargs=(threads,)) as pool:
        pending: set[Future[None]] = {pool.submit(_make_all, one, batch, folder) for one, batch in work}
        try:
            while pending:
                finished, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
                there = {path for path in waited if path.exists()}
                tell(len(there - seen))
                seen |= there
                for one in finished:
                    one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _settle(threads: int) -> None:
    """What a process does first: take its share of the cores, and end when nobody waits for it any more."""
    import numba

    numba.set_num_threads(threads)
    processes.end_with_parent()


def _make_all(one: PlannedObject, batch: Batch, folder: Path) -> None:
    for _ in make(one, batch, folder):
        pass


def batches_of(plan: Plan, folder: Path) -> Iterator[Batch]:
    """What is still to be made: for each object the large photograph, the turntable, the large scan, and the rest."""
    for one in plan.objects:
        groups: dict[float, list[PlannedFile]] = {}
        for file in one.files:
            if not (folder / file.name).exists():
                groups.setdefault(_detail(file, one, plan.profile), []).append(file)
        for detail, files in groups.items():
            yield Batch(key=one.key, detail=detail, files=tuple(sorted(files, key=_order)))


def _detail(file: PlannedFile, one: PlannedObject, profile: plans.Profile) -> float:
    """A close-up is made of the finest model where one is built anyway."""
    is_close = file.make == "photo" and file.region[2] * file.region[3] < 0.4
    if file.make == "large" or (is_close and any(f.make == "large" and f.epoch == file.epoch for f in one.files)):
        return _LARGE_DETAIL[profile]
    if file.make == "turntable":
        return min(_TURNTABLE_DETAIL, _DETAIL[profile])
    return max(_DETAIL[profile], file.max_faces * _DETAIL_PER_FACE if file.max_faces > 1_000_000 else 0.0)


def _order(file: PlannedFile) -> tuple[Any, ...]:
    """The present state first, since it sets the exposure; pictures of one heading and light after each other."""
    light = "" if file.light == "studio" else file.light
    return (-int(file.epoch or 0), file.make == "scan", light, file.azimuth_deg, file.order)


def make(one: PlannedObject, batch: Batch, folder: Path) -> Iterator[PlannedFile]:
    """Make the files of a batch one after the other; each stands in `folder` when it is given."""
    exposures: dict[str, float] = {}
    for epoch in dict.fromkeys(file.epoch for file in batch.files):
        files = [file for file in batch.files if file.epoch == epoch]
        model = build(one, detail=batch.detail, epoch=epoch) if any(f.make != "sound" for f in files) else None
        photographer: Photographer | None = None
        for file in files:
            if file.is_picture and photographer is None and model is not None:
                photographer = Photographer(one, model, exposures)
            _whole(file, model, photographer, folder)
            yield file


def build(one: PlannedObject, *, detail: float, epoch: str) -> Model:
    """The model of an object of the plan."""
    module = importlib.import_module(f"museum.demonstration.objects.{one.module}")
    model: Model = module.build(detail=detail, epoch=epoch, **one.arguments)
    return model


def _whole(file: PlannedFile, model: Model | None, photographer: Photographer | None, folder: Path) -> None:
    """Write beside its place under another name, then rename: nobody ever sees half a file."""
    work = folder / f".{file.name}{_PART}{Path(file.name).suffix}"
    made: tuple[Path, ...] = (work,)
    if file.make == "sound":
        sound.write_bell(work)
    elif file.make == "scan":
        assert model is not None
        made = scan_files.write_scan(model.mesh, work, max_faces=file.max_faces, name=Path(file.name).stem)
    else:
        assert photographer is not None
        photographer.take(file, work)
    for path in made:  # the file itself last: where it stands, what belongs to it stands too
        path.replace(folder / f"{Path(file.name).stem}{path.suffix}")
