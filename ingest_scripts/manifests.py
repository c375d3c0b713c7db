"""IIIF manifests and collections of other institutions become records; what states no rights gets those you agreed on.

Example: python ingest_scripts/manifests.py MUSEUM https://museum.example/iiif/1/manifest --kind document --publish
Copy this file and change `enrich` to fit what you agreed with the other institution.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

from museum.errors import MuseumError
from museum.ingest.recipes import Kind, Manner, Options, RowDraft, describe, place_of, take_in, try_out
from museum.ingest.rows import rights_of


def enrich(draft: RowDraft, *, licence: str, attribution: str, kind: Kind | None) -> RowDraft | None:
    """The kind of record for all of them; licence and attribution for each file whose manifest states none."""
    if not draft.origin:
        return None  # a table beside the manifests: take that in by `museum ingest`
    rights = rights_of(licence, attribution=attribution)
    media = tuple(
        replace(
            m,
            rights=m.rights if m.rights or m.licence else rights.uri,
            licence=m.licence or rights.licence,
            attribution=m.attribution or rights.attribution,
        )
        for m in draft.media
    )
    return replace(draft, media=media, kind=kind or draft.kind)


def main() -> int:
    """Run as a command; exit code 3 when something was refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("museum", type=Path, help="the museum's folder (holds museum.toml)")
    parser.add_argument("manifest", help="the address or file of a manifest or collection, or a folder of such files")
    parser.add_argument("--licence", default="", help='for what states no rights, such as "CC BY 4.0": only if agreed')
    parser.add_argument("--attribution", default="", help="whom to name where the manifest names nobody")
    parser.add_argument("--kind", choices=get_args(Kind), help="what the records are; else objects")
    parser.add_argument("--limit", type=int, default=1_000, help="manifests of a collection at most")
    parser.add_argument("--publish", action="store_true", help="publish what may be shown when everything is ready")
    parser.add_argument("--dry-run", action="store_true", help="only list what would be taken in")
    given = parser.parse_args()
    options = Options(
        publish=given.publish,
        person="ingest_scripts/manifests.py",
        manner=Manner(limit=given.limit),
        change=lambda draft: enrich(draft, licence=given.licence, attribution=given.attribution, kind=given.kind),
    )
    try:
        report = (try_out if given.dry_run else take_in)(given.museum, place_of(given.manifest), options)
    except MuseumError as error:
        print(error.message("vi"), error.message("en"), sep="\n", file=sys.stderr)
        return error.exit_code
    print(describe(report))
    return 3 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
