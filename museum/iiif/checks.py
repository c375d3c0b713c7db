"""Is a Presentation document (3.0, or 4.0 draft) sound? Our own JSON schema first, then what no schema catches."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import orjson

from museum.addresses import PLACEHOLDER
from museum.errors import BackendError
from museum.iiif import semantics, semantics_4
from museum.iiif.source import Json

_ADDRESSES = ("id", "@id", "target", "source")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong: `code` ("schema" or a rule of `semantics`), where, and what in plain English."""

    code: str
    where: str
    message: str


def problems(document: Json, *, is_stored: bool = False, version: int = 3) -> list[Problem]:
    """All that is wrong with a manifest, collection, annotation page or annotation; empty for a sound one.

    `version` is that of the Presentation API: 3, or 4 for the draft.
    `is_stored`: the document waits for its public address, so its id must begin with the placeholder;
    otherwise no address may still hold it.
    """
    found = [
        Problem(code="schema", where=error.json_path, message=error.message[:300])
        for error in _validator(version).iter_errors(document)
    ]
    if found and not isinstance(document.get("items", []), list):
        return found
    faults = semantics.faults if version == 3 else semantics_4.faults
    found += [Problem(code=code, where=where, message=words) for code, where, words in faults(document)]
    return found + _placeholder_faults(document, is_stored=is_stored)


def require_sound(document: Json, *, version: int = 3) -> None:
    """BackendError ``iiif.faulty`` when a document about to be stored has any problem: our fault, not the record's."""
    found = problems(document, is_stored=True, version=version)
    if found:
        first = found[0]
        raise BackendError(
            "iiif.faulty", id=document.get("id", ""), count=len(found), where=first.where, reason=first.message
        )


def advice(document: Json, *, languages: tuple[str, ...] = ("vi", "en")) -> list[Problem]:
    """What is allowed but poor: no thumbnail, a label without one of `languages`."""
    found = []
    if not document.get("thumbnail"):
        found.append(Problem(code="no_thumbnail", where="$", message="no thumbnail"))
    label = document.get("label", {})
    missing = [code for code in languages if code not in label]
    if missing and "none" not in label:
        found.append(Problem(code="label_language", where="$.label", message=f"no label in {', '.join(missing)}"))
    return found


def _placeholder_faults(document: Json, *, is_stored: bool) -> list[Problem]:
    if is_stored:
        if str(document.get("id", "")).startswith(PLACEHOLDER + "/"):
            return []
        return [Problem(code="placeholder", where="$.id", message="a stored document's id begins with the placeholder")]
    return [
        Problem(code="placeholder", where=f"{where}.{name}", message="the public address is not filled in")
        for where, thing in semantics.things(document)
        for name in _ADDRESSES
        if isinstance(thing.get(name), str) and PLACEHOLDER in thing[name]
    ]


@cache
def _validator(version: int) -> Any:
    schema = orjson.loads((files("museum.iiif") / "schemas" / f"presentation_{version}.json").read_bytes())
    return jsonschema.Draft202012Validator(_inlined(schema, schema["$defs"], frozenset()))


def _inlined(node: Any, definitions: Json, within: frozenset[str]) -> Any:
    """The schema with its references written out where they do not recur: a third less time on a thousand canvases."""
    if isinstance(node, list):
        return [_inlined(item, definitions, within) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return node if name in within else _inlined(definitions[name], definitions, within | {name})
    return {key: item if key == "$defs" else _inlined(item, definitions, within) for key, item in node.items()}
