"""The masters: an OCFL 1.1 storage root, written so that a crash loses nothing and never leaves half an object."""

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from museum.errors import BackendError, Conflict, NotFound
from museum.storage import disk
from museum.storage.inventory import NAME, Inventory, parse
from museum.storage.layout import ROOT_DECLARATION, Places, root_files
from museum.storage.recovery import PURGED, RecoveryReport, object_places
from museum.storage.recovery import recover as recover_places
from museum.storage.validate import Problem, validate_object
from museum.storage.writer import Stage, current_inventory, lock_folder


@dataclass(frozen=True)
class StoredFile:
    """One file of a version: its digests, its size, and where its bytes lie below the object's folder."""

    sha512: str
    sha256: str
    size_bytes: int
    content_path: str


class Masters:
    """A storage root of masters. Its state is on the disk: many threads and processes may work on one."""

    def __init__(
        self,
        root: Path,
        staging: Path,
        *,
        quarantine: Path | None = None,
        fsync: bool = True,
        verify: bool = True,
        recovery_enabled: bool = True,
    ) -> None:
        """`staging` lies beside `root` on the same file system; `quarantine` beside it unless given.

        `verify` reads every master back after writing; `recovery_enabled` is switched off by one test, to show that
        recovery is what mends.
        """
        self.places = Places(
            root=root,
            staging=staging,
            quarantine=quarantine or staging.parent / "quarantine",
            fsync=fsync,
            verify=verify,
        )
        self.recovery_enabled = recovery_enabled

    def initialize(self) -> None:
        """Make the storage root if it isn't there.

        Raises BackendError ``storage.not_a_root`` when the folder holds something else,
        ``storage.other_disk`` when staging lies on another file system.
        """
        root, staging = self.places.root, self.places.staging
        with disk.errors_named(root):
            disk.make_folders(staging, fsync=self.places.fsync)
            disk.make_folders(root.parent, fsync=self.places.fsync)
            if staging.stat().st_dev != root.parent.stat().st_dev:
                raise BackendError("storage.other_disk", root=root, staging=staging)
            if (root / ROOT_DECLARATION).is_file():
                self._check_root()
                return
            if root.is_dir() and any(root.iterdir()):
                raise BackendError("storage.not_a_root", root=root)
            self._make_root()

    def stage(self, stage_id: str) -> Stage:
        """A new stage named `stage_id` (a uuid of the ingest). Raises Conflict when it exists."""
        return Stage(self.places, stage_id)

    def exists(self, object_id: str) -> bool:
        """Whether the object has been published."""
        return (self.places.of_object(object_id) / NAME).is_file()

    def versions(self, object_id: str) -> int:
        """How many versions the object has; the newest has this number. Raises NotFound."""
        return self._inventory(object_id).head

    def history(self, object_id: str) -> Inventory:
        """The whole inventory: every version with its state, time, message and person. Raises NotFound."""
        return self._inventory(object_id)

    def logical_paths(self, object_id: str, *, version: int | None = None) -> dict[str, str]:
        """Logical path → SHA-512 of a version, the newest unless given. Raises NotFound."""
        return dict(self._state(self._inventory(object_id), version))

    def files(self, object_id: str, *, version: int | None = None) -> dict[str, StoredFile]:
        """Logical path → digests and size, from which the catalogue can be rebuilt. Raises NotFound."""
        inventory = self._inventory(object_id)
        place = self.places.of_object(object_id)
        found = {}
        for logical, sha512 in self._state(inventory, version).items():
            path = inventory.content[sha512]
            with disk.errors_named(place / path):
                size = (place / path).stat().st_size
            found[logical] = StoredFile(sha512, inventory.sha256.get(path, ""), size, path)
        return found

    def open_path(self, object_id: str, logical: str, *, version: int | None = None) -> Path:
        """Where the bytes of `logical` lie: for reading only. Raises NotFound."""
        inventory = self._inventory(object_id)
        sha512 = self._state(inventory, version).get(logical)
        if sha512 is None:
            raise NotFound("storage.no_path", object_id=object_id, path=logical)
        return self.places.of_object(object_id) / inventory.content[sha512]

    def read(self, object_id: str, logical: str, *, version: int | None = None) -> bytes:
        """The bytes of `logical`. Raises NotFound."""
        path = self.open_path(object_id, logical, version=version)
        with disk.errors_named(path):
            return path.read_bytes()

    def object_ids(self) -> Iterator[str]:
        """The ids of all objects, read from their inventories, in the order of their folders."""
        for place in object_places(self.places.root):
            yield parse((place / NAME).read_bytes(), where=place).object_id

    def validate(self, object_id: str, *, digests: bool = True) -> list[Problem]:
        """What is wrong with the object by OCFL 1.1, warnings included; nothing means it is whole. Raises NotFound.

        `digests=False` leaves out the reading of content: quick, and blind to flipped bits.
        """
        place = self.places.of_object(object_id)
        if not place.is_dir():
            raise NotFound("storage.no_object", object_id=object_id)
        with disk.errors_named(place):
            return validate_object(place, digests=digests)

    def recover(self, *, every_object: bool = False) -> RecoveryReport:
        """Finish or undo what a crash interrupted; run at every start. See `museum.storage.recovery.recover`."""
        if not self.recovery_enabled:
            return RecoveryReport()
        return recover_places(self.places, every_object=every_object)

    def purge(self, object_id: str, *, proof: str, allows: Callable[[bytes], bool]) -> None:
        """Destroy an object with all its versions, where `allows` says yes to the bytes of its logical file `proof`.

        The one way a master can go. It leaves the root by one rename into the staging folder; what a crash leaves there
        `recover` sweeps away. Raises NotFound, Conflict ``storage.purge_refused``.
        """
        if not allows(self.read(object_id, proof)):
            raise Conflict("storage.purge_refused", object_id=object_id)
        place = self.places.of_object(object_id)
        gone = self.places.staging / f"{PURGED}{uuid.uuid4().hex}"
        with disk.errors_named(place):
            place.rename(gone)
            for folder in place.parents:  # OCFL 1.1 §4.1: no empty folders in the hierarchy
                if folder == self.places.root or any(folder.iterdir()):
                    if self.places.fsync:
                        disk.sync_folder(folder)
                    break
                folder.rmdir()
            disk.remove_tree(gone)

    def _inventory(self, object_id: str) -> Inventory:
        place = self.places.of_object(object_id)
        inventory = current_inventory(place)
        if inventory is None:
            if place.is_dir():
                raise BackendError("storage.inventory_bad", path=place / NAME, reason="missing")
            raise NotFound("storage.no_object", object_id=object_id)
        return inventory

    def _state(self, inventory: Inventory, version: int | None) -> dict[str, str]:
        if version is None:
            return dict(inventory.state)
        if not 1 <= version <= inventory.head:
            raise NotFound("storage.no_version", object_id=inventory.object_id, version=version)
        return dict(inventory.versions[version - 1].state)

    def _check_root(self) -> None:
        for name, data in root_files().items():
            path = self.places.root / name
            if not path.is_file() or path.read_bytes() != data:
                raise BackendError("storage.root_differs", path=path)

    def _make_root(self) -> None:
        """Build the root in the staging folder and rename it, so that half a root is never seen."""
        made = self.places.staging / f".root-{os.getpid()}"
        disk.remove_tree(made)
        made.mkdir()
        lock = lock_folder(made)
        try:
            for name, data in root_files().items():
                (made / name).parent.mkdir(parents=True, exist_ok=True)
                disk.write_file(made / name, data, fsync=self.places.fsync)
            if self.places.fsync:
                disk.sync_tree(made)
            made.rename(self.places.root)
            if self.places.fsync:
                disk.sync_folder(self.places.root.parent)
        finally:
            if lock is not None:
                os.close(lock)
