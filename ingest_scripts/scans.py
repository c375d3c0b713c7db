"""3D scans named by inventory number become records; their unit must be said, for most formats do not say it.

Example: python ingest_scripts/scans.py MUSEUM SCANS --unit mm --up Z --epoch "Đợt 1, 2026" --publish
A scan without a unit is taken in too (--unit none): it is shown with "scale not established", without measures.
ZIP files are opened like folders; --keep-good takes the sound parts of damaged scans and tells what was left out.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from museum.errors import MuseumError
from museum.ingest.recipes import Options, RowDraft, describe, only, take_in


def enrich(draft: RowDraft, *, up: str, epoch: str) -> RowDraft | None:
    """Only scans with their materials and textures; the axis that stands, and the campaign they belong to."""
    found = only(draft, {"scan", "part"})
    if found is None or not any(m.kind == "scan" for m in found.media):
        return None
    media = tuple(replace(m, up_axis=m.up_axis or up, epoch=epoch) if m.kind == "scan" else m for m in found.media)
    return replace(found, media=media)


def main() -> int:
    """Run as a command; exit code 3 when something was refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("museum", type=Path, help="the museum's folder (holds museum.toml)")
    parser.add_argument("scans", type=Path, help="the folder (or ZIP file) of scans")
    parser.add_argument("--unit", required=True, choices=["mm", "cm", "m", "in", "none"], help="unit of the files")
    parser.add_argument("--up", default="", choices=["", "X", "Y", "Z"], help="the axis that stands")
    parser.add_argument("--epoch", default="", help="name of the scanning campaign")
    parser.add_argument("--keep-good", action="store_true", help="take the sound parts of damaged scans")
    parser.add_argument("--publish", action="store_true", help="publish when everything is ready")
    given = parser.parse_args()
    options = Options(
        publish=given.publish,
        unit="" if given.unit == "none" else given.unit,
        keep_good=given.keep_good,
        person="ingest_scripts/scans.py",
        change=lambda draft: enrich(draft, up=given.up, epoch=given.epoch),
    )
    try:
        report = take_in(given.museum, given.scans, options)
    except MuseumError as error:
        print(error.message("vi"), error.message("en"), sep="\n", file=sys.stderr)
        return error.exit_code
    print(describe(report))
    return 3 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
