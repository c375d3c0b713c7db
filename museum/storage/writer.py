"""Making a new object or a new version aside, and putting it in place so that no crash leaves half of it.

The order (each step durable before the next; a test kills the process before every one of them):
1. content is hashed and copied in one pass into the stage, beside the storage root;
2. inventories and sidecars are written there, folders synced bottom up;
3. a new object appears by one rename; a new version by the rename of its folder, then of the root inventory, then
   of the sidecar. Between these three `museum.storage.recovery` finishes what was begun.

The version's inventory is written a second time as the root's: a hard link would be quicker, and is forbidden (OCFL
1.1 §4.6, E090); two copies also outlive a bad sector.
"""

import datetime as dt
import errno
import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from museum.errors import BackendError, Conflict, Invalid, NotFound
from museum.storage import disk
from museum.storage.digests import FileDigests, copy_file, digests_of, write_bytes
from museum.storage.inventory import NAME, SIDECAR, Inventory, Version, parse, sidecar_of
from museum.storage.key import Key
from museum.storage.layout import OBJECT_DECLARATION, SPEC, Places, object_parts

VERSION = "version"  # the folder inside a stage that becomes vN
BEGUN = "begun"  # the file inside a stage that names the object whose new version is being put in place
_TAKEN = {errno.EEXIST, errno.ENOTEMPTY}
_DECLARATION = f"ocfl_object_{SPEC}\n".encode()


class Stage:
    """A version in the making. Use as a context manager: what isn't published is discarded at the end.

    While it lives it holds a lock on its folder, by which recovery knows it from one left by a crash.
    """

    def __init__(self, places: Places, stage_id: str) -> None:
        """Raises Conflict ``storage.stage_taken`` when a stage of this id is there already."""
        if len(Key(stage_id).parts) != 1:
            raise Invalid("storage.bad_key", key=stage_id)
        self._places = places
        self.stage_id = stage_id
        self._folder = f"{places.staging}/{stage_id}"
        self._content = f"{self._folder}/{VERSION}/content"
        self._added: dict[Key, FileDigests] = {}
        self._carried: set[Key] = set()
        self._folders: set[str] = set()
        self._is_midway = False  # the version folder is in place and the root inventory not yet
        self._emptied: list[str] | None = None  # the folders left of a stage whose object is in place, deepest first
        with disk.errors_named(self._folder):
            try:
                os.mkdir(self._folder)
            except FileExistsError as error:
                raise Conflict("storage.stage_taken", stage=stage_id) from error
            self._lock: int | None = lock_folder(self._folder)
            if self._lock is None:
                raise Conflict("storage.stage_taken", stage=stage_id)
        try:
            with disk.errors_named(self._content):
                os.mkdir(f"{self._folder}/{VERSION}")
                os.mkdir(self._content)
        except BackendError:
            self.discard()
            raise

    @property
    def folder(self) -> Path:
        """Where the version is being made."""
        return Path(self._folder)

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def add_file(self, logical: str, source: Path) -> FileDigests:
        """Copy `source` in as `logical`, bit-exact, and give its digests.

        Raises Invalid for a bad or repeated name, SourceError for a bad source, BackendError for the disk.
        """
        return self.add_files({logical: source})[Key(logical)]

    def add_files(self, files: Mapping[str, Path]) -> dict[str, FileDigests]:
        """Copy many files in: logical path → source. Raises as `add_file`; then none of them is in.

        One after another: with a second thread 5 files of 20 KB took 1.4 times as long; a large one is hashed by three.
        """
        found: dict[str, FileDigests] = {}
        before, made = len(self._added), []
        try:
            for logical, source in files.items():
                key, target = self._target(logical)
                made.append(target)
                digests = copy_file(source, target, fsync=self._places.fsync, verify=self._places.verify)
                self._added[key] = found[str(key)] = digests
        except BaseException:
            for key in list(self._added)[before:]:
                del self._added[key]
            for target in made:
                _forget(target)
            raise
        return found

    def add_bytes(self, logical: str, data: bytes) -> FileDigests:
        """Put `data` in as `logical` and give its digests. Raises as `add_file`."""
        key, target = self._target(logical)
        try:
            write_bytes(target, data, fsync=self._places.fsync, verify=self._places.verify)
        except BaseException:
            _forget(target)
            raise
        digests = self._added[key] = digests_of(data)
        return digests

    def carry(self, logical: str) -> None:
        """Keep `logical` as it is in the object's newest version; what is neither added nor carried is left out."""
        key = Key(logical)
        if key in self._added:
            raise Invalid("storage.path_twice", key=key)
        self._carried.add(key)

    def publish(
        self, object_id: str, *, message: str, user_name: str, user_address: str = "", created: dt.datetime
    ) -> int:
        """Make the stage the newest version of `object_id` and give its number; 1 makes the object.

        Where the newest version holds exactly this already nothing is made, and its number is given.
        Raises NotFound for a carried path that the newest version lacks, Conflict when somebody else published
        meanwhile, Invalid for an empty version, a naive time or paths of which one is a folder of the other.
        """
        if not object_id or created.tzinfo is None or not user_name:
            raise Invalid("storage.bad_version", object_id=object_id, created=created, user_name=user_name)
        place = self._places.folder_of(object_id)
        current = current_inventory(place)
        state = self._state(object_id, current)
        if current is not None and state == current.state:
            self.discard()
            return current.head
        version = Version(state=state, created=created, message=message, user_name=user_name, user_address=user_address)
        with disk.errors_named(place):
            inventory = self._next(object_id, current, version)
            data = inventory.to_bytes()
            if current is None:
                self._place_object(object_id, place, data)
            else:
                self._place_version(object_id, place, inventory.head, data)
        self.discard()
        return inventory.head

    def discard(self) -> None:
        """Remove what the stage still holds and give up its lock; again does nothing.

        Where the disk refused in the midst of a new version's renames, the folder stays: recovery reads it.
        """
        if self._lock is None:
            return
        try:
            if not self._is_midway:
                with disk.errors_named(self._folder):
                    self._remove()
        finally:
            os.close(self._lock)
            self._lock = None

    def _remove(self) -> None:
        try:
            if self._emptied is not None:  # a walk of the stage would cost as much as the object did
                for folder in self._emptied:
                    os.rmdir(folder)
                return
        except OSError:
            pass
        disk.remove_tree(self.folder)

    def _target(self, logical: str) -> tuple[Key, str]:
        key = Key(logical)
        if key in self._added or key in self._carried:
            raise Invalid("storage.path_twice", key=key)
        target = f"{self._content}/{key}"
        parent = target.rpartition("/")[0]
        if parent != self._content and parent not in self._folders:
            with disk.errors_named(parent):
                try:
                    os.makedirs(parent, exist_ok=True)
                except (FileExistsError, NotADirectoryError) as error:
                    raise Invalid("storage.path_conflict", key=key) from error
            self._folders.add(parent)
        elif key in self._folders or target in self._folders:
            raise Invalid("storage.path_conflict", key=key)
        return key, target

    def _state(self, object_id: str, current: Inventory | None) -> dict[str, str]:
        state = {str(key): digests.sha512 for key, digests in self._added.items()}
        for key in self._carried:
            if current is None or key not in current.state:
                raise NotFound("storage.no_path", object_id=object_id, path=key)
            state[str(key)] = current.state[key]
        if not state:
            raise Invalid("storage.empty_version", object_id=object_id)
        for path in state:
            at = path
            while "/" in at:
                at = at.rpartition("/")[0]
                if at in state:
                    raise Invalid("storage.path_conflict", key=path)
        return state

    def _next(self, object_id: str, current: Inventory | None, version: Version) -> Inventory:
        """The inventory with `version` as head; content the object holds already is removed from the stage."""
        earlier = current.versions if current else ()
        head = len(earlier) + 1
        content = dict(current.content) if current else {}
        sha256 = dict(current.sha256) if current else {}
        doubled = False
        for key, digests in self._added.items():
            if digests.sha512 in content:
                os.unlink(f"{self._content}/{key}")
                doubled = True
                continue
            path = f"v{head}/content/{key}"
            content[digests.sha512] = path
            sha256[path] = digests.sha256
        if doubled or not self._added:
            self._drop_empty_folders()
        return Inventory(object_id=object_id, versions=(*earlier, version), content=content, sha256=sha256)

    def _drop_empty_folders(self) -> None:
        for folder in (*sorted(self._folders, key=len, reverse=True), self._content):
            at = folder
            while at.startswith(self._content):
                try:
                    os.rmdir(at)
                except FileNotFoundError:
                    pass
                except OSError as error:
                    if error.errno not in _TAKEN:
                        raise
                    break
                at = at.rpartition("/")[0]

    def _write_inventories(self, data: bytes, *folders: str) -> None:
        sidecar = sidecar_of(data)
        for folder in folders:
            disk.write_file(f"{folder}/{NAME}", data, fsync=self._places.fsync)
            disk.write_file(f"{folder}/{SIDECAR}", sidecar, fsync=self._places.fsync)

    def _place_object(self, object_id: str, place: str, data: bytes) -> None:
        """The whole object, with the tuple folders above it, appears in one rename: no empty folder ever (E073).

        The stage's own folder becomes the topmost tuple folder where the root lacks that yet.
        """
        parts = object_parts(object_id)
        made = self._folder
        for part in parts[1:]:
            made = f"{made}/{part}"
            os.mkdir(made)
        os.rename(f"{self._folder}/{VERSION}", f"{made}/v1")
        self._write_inventories(data, f"{made}/v1", made)
        disk.write_file(f"{made}/{OBJECT_DECLARATION}", _DECLARATION, fsync=self._places.fsync)
        if self._places.fsync:
            disk.sync_tree(self._folder)
        above, within = str(self._places.root), self._folder
        left: list[str] = []
        for number, part in enumerate(parts, 1):
            try:
                os.rename(within, f"{above}/{part}")
            except OSError as error:
                if error.errno not in _TAKEN:
                    raise
                if number == len(parts):
                    break
                left.insert(0, within)
                above, within = f"{above}/{part}", f"{within}/{parts[number]}"
                continue
            if self._places.fsync:
                disk.sync_folder(above)
            self._emptied = left
            return
        if not os.path.isfile(f"{place}/{NAME}"):
            raise BackendError("storage.inventory_bad", path=f"{place}/{NAME}", reason="missing")
        raise Conflict("storage.published_meanwhile", object_id=object_id)

    def _place_version(self, object_id: str, place: str, head: int, data: bytes) -> None:
        self._write_inventories(data, f"{self._folder}/{VERSION}", self._folder)  # the latter move over the root's
        disk.write_file(f"{self._folder}/{BEGUN}", object_id.encode(), fsync=self._places.fsync)
        if self._places.fsync:
            disk.sync_tree(self._folder)
            disk.sync_folder(self._places.staging)
        try:
            os.rename(f"{self._folder}/{VERSION}", f"{place}/v{head}")
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            raise Conflict("storage.published_meanwhile", object_id=object_id) from error
        self._is_midway = True
        for name in (None, NAME, SIDECAR):
            if name:
                os.rename(f"{self._folder}/{name}", f"{place}/{name}")
            if self._places.fsync:
                disk.sync_folder(place)
        self._is_midway = False


def current_inventory(place: Path | str) -> Inventory | None:
    """The root inventory of the object at `place`; None where there is none."""
    path = f"{place}/{NAME}"
    if not os.access(path, os.F_OK):  # half the cost of an exception, which nearly every new object would meet
        return None
    with disk.errors_named(path), open(path, "rb", buffering=0) as file:
        return parse(file.readall(), where=path)


def lock_folder(folder: Path | str, *, wait: bool = False) -> int | None:
    """A descriptor that holds the folder's lock until closed (the end of the process closes it); None: held elsewhere.

    The lock is on the open folder, so it needs no file of its own.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if os.fstat(descriptor).st_nlink == 0:  # removed by a recovery between our opening and locking
        os.close(descriptor)
        return None
    return descriptor


def _forget(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
