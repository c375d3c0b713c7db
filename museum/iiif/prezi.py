"""The only module that knows iiif-prezi3: assembles a whole document with it and refuses what it would lose."""

from datetime import datetime
from typing import Any

from museum.addresses import PLACEHOLDER
from museum.errors import BackendError
from museum.iiif.source import Json

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_STAND_IN = "https://museum.invalid"  # iiif-prezi3 takes only real URLs; RFC 2606 keeps this one nobody's
_REFERENCES = {"Canvas": "CanvasRef", "Manifest": "ManifestRef", "Collection": "CollectionRef"}
_REFERENCE_KEYS = {"id", "type", "label", "thumbnail", "navDate"}
# (property that holds the object, property of it) which Presentation 3.0 has and iiif-prezi3 3.1.1 drops in silence.
_COMPLETED = frozenset({("rendering", "language"), ("structures", "metadata")})


def manifest(document: Json) -> Json:
    """`document` as iiif-prezi3 assembles it, completed where that cannot express a thing; @context first.

    The whole goes in at once: adding canvases one by one is quadratic (1,000 canvases: 3.4 s against 0.28 s).
    Raises BackendError ``iiif.refused`` where the library refuses a value, ``iiif.dropped`` where it loses one.
    """
    return _assembled("Manifest", document, referring="structures")


def collection(document: Json) -> Json:
    """The same for a collection."""
    return _assembled("Collection", document, referring="items")


def _assembled(kind: str, document: Json, *, referring: str) -> Json:
    # 15 MiB, which a worker needs once something changes, and a web process never.
    import iiif_prezi3
    from pydantic import ValidationError

    given = _with_stand_in(document)
    asked = dict(given)
    try:
        if "navDate" in asked:
            asked["navDate"] = datetime.fromisoformat(asked["navDate"])
        if referring in asked:
            asked[referring] = _referring(asked[referring])
        made = getattr(iiif_prezi3, kind)(**asked).model_dump(exclude_none=True, by_alias=True, mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BackendError("iiif.refused", id=document.get("id", ""), where=where, reason=first["msg"]) from error
    _refuse_losses(given, made, holder="", where="")
    return {"@context": CONTEXT, **document}  # equal to what was made, but for the placeholder and the known losses


def _referring(entries: list[Json]) -> list[Any]:
    """Entries of `structures` or of a collection with each reference made one: else it gets an empty `items` (#122)."""
    import iiif_prezi3

    made: list[Any] = []
    for entry in entries:
        if entry.get("type") == "Range":
            made.append({**entry, "items": _referring(entry["items"])} if "items" in entry else entry)
        elif entry.get("type") in _REFERENCES and entry.keys() <= _REFERENCE_KEYS:
            made.append(getattr(iiif_prezi3, _REFERENCES[entry["type"]])(**entry))
        else:
            made.append(entry)
    return made


def _refuse_losses(given: Any, made: Any, *, holder: str, where: str) -> None:
    """BackendError at the first difference between what went in and what came out, known losses apart."""
    if isinstance(given, dict) and isinstance(made, dict):
        for key, value in given.items():
            place = f"{where}.{key}" if where else key
            if key in made:
                _refuse_losses(value, made[key], holder=key, where=place)
            elif (holder, key) not in _COMPLETED:
                raise BackendError("iiif.dropped", where=place)
        for key in made.keys() - given.keys():
            raise BackendError("iiif.dropped", where=f"{where}.{key}")
    elif isinstance(given, list) and isinstance(made, list) and len(given) == len(made):
        for index, (one, other) in enumerate(zip(given, made, strict=True)):
            _refuse_losses(one, other, holder=holder, where=f"{where}.{index}")
    elif given != made:
        raise BackendError("iiif.dropped", where=where)


def _with_stand_in(value: Any) -> Any:
    """`value` with the placeholder at the beginning of any string made a real URL."""
    if isinstance(value, str):
        return _STAND_IN + value[len(PLACEHOLDER) :] if value.startswith(PLACEHOLDER) else value
    if isinstance(value, dict):
        return {key: _with_stand_in(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_stand_in(item) for item in value]
    return value
