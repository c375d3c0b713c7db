"""What may be told of an error: types and places. Its message is left out, since it quotes what it was given."""

import traceback
from pathlib import Path
from types import TracebackType

_PACKAGE = Path(__file__).parents[1]


def types(error: BaseException) -> str:
    """The error's type and its causes', "BackendError(image.pyramid_broken) < OSError"."""
    found: list[str] = []
    at: BaseException | None = error
    while at is not None and len(found) < 5:
        code = getattr(at, "code", "")
        found.append(f"{type(at).__name__}({code})" if isinstance(code, str) and "." in code else type(at).__name__)
        at = at.__cause__
    return " < ".join(found)


def places(trace: TracebackType | None) -> list[str]:
    """The way through the code, "web/pages/objects.py:41 show"; other people's code by its file's name."""
    found = []
    for frame in traceback.extract_tb(trace):
        path = Path(frame.filename)
        name = path.relative_to(_PACKAGE).as_posix() if path.is_relative_to(_PACKAGE) else path.name
        found.append(f"{name}:{frame.lineno} {frame.name}")
    return found[-12:]
