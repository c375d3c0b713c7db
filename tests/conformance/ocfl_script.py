"""Runs inside the environment of ocfl-py, never in ours: reads folders from stdin, writes verdicts as JSON.

ocfl-py's commands exit 0 on invalid objects and skip digests unless asked, and `StorageRoot.validate` is true for a
root whose objects are all broken: so the library is called, and every count looked at.
"""

import json
import logging
import sys
from pathlib import Path

import ocfl
from ocfl.validator import Validator

logging.disable(logging.CRITICAL)


def _judge(folder: str) -> dict:
    if any(Path(folder).glob("0=ocfl_object_*")) or (Path(folder) / "inventory.json").exists():
        validator = Validator(log_warnings=False, check_digests=True)
        return {"valid": bool(validator.validate_object(folder)), "objects": 1, "errors": validator.log.messages}
    root = ocfl.StorageRoot(root=folder)
    valid = bool(root.validate(validate_objects=True, check_digests=True))
    objects, good = getattr(root, "num_objects", 0), getattr(root, "good_objects", 0)
    errors = [str(message) for message in root.log.messages] + [f"{at}: {said}" for at, said in root.errors or []]
    return {"valid": valid and objects == good and not errors, "objects": objects, "errors": errors}


if __name__ == "__main__":
    json.dump({folder: _judge(folder) for folder in json.load(sys.stdin)}, sys.stdout)
