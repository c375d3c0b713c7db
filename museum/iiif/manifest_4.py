"""The Presentation 4.0 (draft) manifest of a record with scans: a Scene for each, then its other containers.

Built beside the 3.0 manifest (`manifest.py`) from the same record, derivatives and rights, and stored like it.
"""

from collections.abc import Mapping, Sequence

from museum import addresses
from museum.addresses import PLACEHOLDER
from museum.catalog import digital_source
from museum.catalog.arrangement import arrange
from museum.catalog.record import Record
from museum.catalog.vocabulary import Vocabulary
from museum.iiif import canvases, checks, manifest, scene
from museum.iiif.canvases import Bench
from museum.iiif.containers import upgraded
from museum.iiif.rights import shared_rights
from museum.iiif.semantics_4 import CONTEXT
from museum.iiif.source import Derivatives, FieldLabel, Institution, Json, Shelf
from museum.iiif.stored import serialize
from museum.iiif.words import plain
from museum.text import Text

_LANGUAGES = ("vi", "en")
_SHOWN = ("photo", "scan", "film", "sound", "document")


def build_scene_manifest(
    record: Record,
    *,
    derivatives: Derivatives,
    institution: Institution,
    labels: Sequence[FieldLabel],
    languages: Sequence[str] = _LANGUAGES,
    part_of: Mapping[str, Text] | None = None,
    vocabulary: Vocabulary | None = None,
) -> bytes | None:
    """The record's manifest as JSON bytes with ``addresses.PLACEHOLDER``; None for a record without a Scene.

    Arguments are those of `manifest.build_manifest`. Raises BackendError ``iiif.faulty`` where our own result is wrong.
    """
    address = PLACEHOLDER + addresses.manifest(record.id, version=4)
    bench = Bench(
        base=address.rpartition("/")[0],
        shelf=Shelf(derivatives=derivatives),
        arrangement=arrange(record),
        institution=institution,
        languages=languages,
        shared_rights=shared_rights(m for m in record.media if m.kind in _SHOWN),
        has_both=digital_source.share(record) == "some",
    )
    scans = [media for media in bench.arrangement.scans if scene.model_of(bench, media)]
    found = (scene.scene(bench, m, place=n if len(scans) > 1 else 0) for n, m in enumerate(scans, start=1))
    scenes = [made for made in found if made]
    if not scenes:
        return None
    document: Json = {"@context": CONTEXT, "id": address, "type": "Manifest", "label": plain(manifest.label_of(record))}
    document |= manifest.description_of(record, bench, labels=labels, vocabulary=vocabulary or Vocabulary(()))
    document |= manifest.links_of(record, bench, part_of=part_of or {})
    document["items"] = [*(made for made, _ in scenes), *(upgraded(container) for container in _others(bench))]
    if notes := [page for _, page in scenes if page]:
        document["annotations"] = notes
    checks.require_sound(document, version=4)
    return serialize(document)


def _others(bench: Bench) -> list[Json]:
    """What is no scan, as canvases of 3.0: lights, views, turntable, composites, films, sounds, documents."""
    a = bench.arrangement
    made = [
        *(canvases.lights(bench, one_set) for one_set in a.lights),
        *(canvases.photograph(bench, m) for m in a.views),
        *(canvases.photograph(bench, m, kind="turntable_frame", place=n) for n, m in enumerate(a.turntable, start=1)),
        *(canvases.photograph(bench, m, kind="composite") for m in a.composites),
        *(canvases.film(bench, m) for m in a.films),
        *(canvases.sound(bench, m) for m in a.sounds),
        *(canvases.document(bench, m) for m in a.documents),
    ]
    return [canvas for canvas in made if canvas]
