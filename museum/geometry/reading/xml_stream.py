"""XML of scan formats, read without document types: no entities, no foreign files, no endless nesting."""

from collections.abc import Callable, Mapping
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from museum.errors import SourceError

_DEPTH = 250
_PIECE = 1 << 20

Start = Callable[[str, Mapping[str, str]], object]
End = Callable[[str], object]


def stream(source: IO[bytes], *, shown: str, start: Start, end: End | None = None, text: End | None = None) -> None:
    """Call `start` and `end` for each element, named without its namespace; `text` gets what stands between.

    Raises SourceError `scan.bad_xml` with the line.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def refuse(*_: object) -> None:
        raise SourceError("scan.bad_xml", file=shown, line=parser.CurrentLineNumber, reason="<!DOCTYPE")

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise SourceError("scan.bad_xml", file=shown, line=parser.CurrentLineNumber, reason="depth")
        start(name.rpartition(" ")[2], attributes)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name.rpartition(" ")[2])

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        while piece := source.read(_PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise SourceError("scan.bad_xml", file=shown, line=error.lineno, reason=str(error)[:120]) from error
    except (ValueError, LookupError) as error:
        line = parser.CurrentLineNumber
        raise SourceError("scan.bad_xml", file=shown, line=line, reason=f"{error}"[:120]) from error


def tree(source: IO[bytes], *, shown: str) -> ElementTree.Element:
    """The whole document as a tree, elements named without their namespaces. Raises SourceError `scan.bad_xml`."""
    builder = ElementTree.TreeBuilder()
    stream(
        source, shown=shown, start=lambda name, attributes: builder.start(name, dict(attributes)), end=builder.end,
        text=builder.data,
    )  # fmt: skip
    return builder.close()
