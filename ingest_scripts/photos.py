"""Photographs named by inventory number (76.AD.34_01.jpg, or one folder per object) become records.

Example: python ingest_scripts/photos.py MUSEUM PHOTOGRAPHS --licence "CC BY 4.0" --attribution "Bảo tàng Huế" --publish
Copy this file and change `enrich` to fit your own habits of naming.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from museum.errors import MuseumError
from museum.ingest.recipes import Options, RowDraft, describe, only, take_in
from museum.ingest.rows import rights_of


def enrich(draft: RowDraft, *, licence: str, attribution: str) -> RowDraft | None:
    """Only photographs; the same licence and attribution for all that name none themselves."""
    found = only(draft, {"photo"})
    if found is None:
        return None
    rights = rights_of(licence, attribution=attribution)
    media = tuple(
        replace(
            m,
            rights=m.rights or rights.uri,
            licence=m.licence or rights.licence,
            attribution=m.attribution or rights.attribution,
        )
        for m in found.media
    )
    return replace(found, media=media)


def main() -> int:
    """Run as a command; exit code 3 when something was refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("museum", type=Path, help="the museum's folder (holds museum.toml)")
    parser.add_argument("photographs", type=Path, help="the folder of photographs")
    parser.add_argument("--licence", default="", help='such as "CC BY 4.0"')
    parser.add_argument("--attribution", default="", help="whom to name")
    parser.add_argument("--publish", action="store_true", help="publish when everything is ready")
    given = parser.parse_args()
    options = Options(
        publish=given.publish,
        person="ingest_scripts/photos.py",
        change=lambda draft: enrich(draft, licence=given.licence, attribution=given.attribution),
    )
    try:
        report = take_in(given.museum, given.photographs, options)
    except MuseumError as error:
        print(error.message("vi"), error.message("en"), sep="\n", file=sys.stderr)
        return error.exit_code
    print(describe(report))
    return 3 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
