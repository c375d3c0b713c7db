"""Presentation 2.1 in the words of 3.0: one reader serves both (Presentation 3.0, appendix on changes)."""

from typing import Any

Json = dict[str, Any]
_TYPES = {
    "sc:Manifest": "Manifest",
    "sc:Collection": "Collection",
    "sc:Canvas": "Canvas",
    "sc:Range": "Range",
    "dctypes:Image": "Image",
    "dctypes:StillImage": "Image",
    "dctypes:Sound": "Sound",
    "dctypes:MovingImage": "Video",
    "dctypes:Text": "Text",
    "cnt:ContentAsText": "TextualBody",
    "oa:Choice": "Choice",
    "oa:SpecificResource": "SpecificResource",
}


def upgraded(given: Json) -> Json:
    """A manifest or collection of version 2 as version 3 would write it; what has no place there is left out."""
    kind = _type(given)
    body = _described(given)
    body["type"] = kind
    if kind == "Collection":
        body["items"] = [_member(item) for item in _members(given)]
    else:
        sequences = _objects(given.get("sequences"))
        body["items"] = [_canvas(c) for s in sequences[:1] for c in _objects(s.get("canvases"))]
        if len(sequences) > 1:
            body["sequences"] = sequences[1:]
        for sequence in sequences[:1]:
            for name in ("viewingDirection", "startCanvas"):
                if name in sequence:
                    body.setdefault("start" if name == "startCanvas" else name, sequence[name])
        body["structures"] = _objects(given.get("structures"))
    return {name: value for name, value in body.items() if value not in (None, [], {})}


def language_map(given: Any) -> dict[str, list[str]]:
    """A string, an object with @value and @language, or a list of them → a language map."""
    found: dict[str, list[str]] = {}
    for item in given if isinstance(given, list) else [given]:
        if isinstance(item, dict) and "@value" in item:
            found.setdefault(str(item.get("@language") or "none"), []).append(str(item["@value"]))
        elif isinstance(item, str | int | float) and not isinstance(item, bool):
            found.setdefault("none", []).append(str(item))
    return found


def _described(given: Json) -> Json:
    """Descriptive and linking properties (Presentation 2.1 §3.1–3.4)."""
    body: Json = {"id": given.get("@id"), "label": language_map(given.get("label", []))}
    body["metadata"] = [
        {"label": language_map(pair.get("label", [])), "value": language_map(pair.get("value", []))}
        for pair in _objects(given.get("metadata"))
    ]
    if summary := language_map(given.get("description", [])):
        body["summary"] = summary
    if statement := language_map(given.get("attribution", [])):
        body["requiredStatement"] = {"label": {"en": ["Attribution"]}, "value": statement}
    licences = [text for text in _list(given.get("license")) if isinstance(text, str)]
    if licences:
        body["rights"] = licences[0]
        body["metadata"] += [{"label": {"en": ["Licence"]}, "value": {"none": [more]}} for more in licences[1:]]
    for old, new in (("related", "homepage"), ("within", "partOf"), ("seeAlso", "seeAlso"), ("rendering", "rendering")):
        body[new] = [_linked(item) for item in _list(given.get(old)) if isinstance(item, dict | str)]
    for name in ("navDate", "navPlace", "viewingDirection", "service"):
        if name in given:
            body[name] = given[name]
    return body


def _linked(item: Json | str) -> Json:
    if isinstance(item, str):
        return {"id": item, "type": "Text"}
    body = {"id": item.get("@id", item.get("id")), "type": _type(item) or "Text", "format": item.get("format")}
    if "label" in item:
        body["label"] = language_map(item["label"])
    return {name: value for name, value in body.items() if value}


def _members(given: Json) -> list[Json]:
    found = [
        item if isinstance(item, dict) else {"@id": item, "@type": kind}
        for name, kind in (("collections", "sc:Collection"), ("manifests", "sc:Manifest"), ("members", ""))
        for item in _list(given.get(name))
        if isinstance(item, dict | str)
    ]
    return [item if item.get("@type") else {**item, "@type": "sc:Manifest"} for item in found]


def _member(item: Json) -> Json:
    return {"id": item.get("@id"), "type": _type(item), "label": language_map(item.get("label", []))}


def _canvas(given: Json) -> Json:
    body = _described(given)
    body |= {"type": "Canvas", "width": given.get("width"), "height": given.get("height")}
    images = [_annotation(a, canvas=str(given.get("@id", ""))) for a in _objects(given.get("images"))]
    if images:
        body["items"] = [{"type": "AnnotationPage", "items": images}]
    others = _list(given.get("otherContent"))
    if others:
        body["annotations"] = [item if isinstance(item, dict) else {"id": item} for item in others]
    return {name: value for name, value in body.items() if value not in (None, [], {})}


def _annotation(given: Json, *, canvas: str) -> Json:
    resource = given.get("resource")
    body = _resource(resource) if isinstance(resource, dict) else {"id": resource, "type": "Image"}
    return {"type": "Annotation", "motivation": "painting", "body": body, "target": given.get("on", canvas)}


def _resource(given: Json) -> Json:
    kind = _type(given)
    if kind == "Choice":
        first = [given["default"]] if isinstance(given.get("default"), dict) else []
        more = [item for item in _objects(given.get("item")) if item.get("@type") != "rdf:nil"]
        return {"type": "Choice", "items": [_resource(item) for item in (*first, *more)]}
    if kind == "SpecificResource":
        full = given.get("full")
        body: Json = {"type": kind, "source": _resource(full) if isinstance(full, dict) else full}
        return body | ({"selector": given["selector"]} if "selector" in given else {})
    body = {"id": given.get("@id"), "type": kind or "Image"}
    body |= {name: given[name] for name in ("format", "width", "height", "service", "chars") if name in given}
    if "label" in given:
        body["label"] = language_map(given["label"])
    if isinstance(given.get("license"), str):
        body["rights"] = given["license"]
    return body


def _type(given: Json) -> str:
    kinds = _list(given.get("@type", given.get("type", "")))
    first = next((str(kind) for kind in kinds if str(kind) in _TYPES), str(kinds[0]) if kinds else "")
    return _TYPES.get(first, first.partition(":")[2] or first)


def _list(thing: Any) -> list[Any]:
    if thing is None:
        return []
    return thing if isinstance(thing, list) else [thing]


def _objects(thing: Any) -> list[Json]:
    return [item for item in _list(thing) if isinstance(item, dict)]
