"""Point clouds (E57, LAS, LAZ, PLY, XYZ, PTS) named by inventory number become records of one scanning campaign.

Example: python ingest_scripts/point_clouds.py MUSEUM CLOUDS --unit m --up Z --epoch "Đợt 1, 2026" --publish
E57 counts in metres, and so does LAS with a coordinate system: --unit is for what states none. ZIP files are opened.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from museum.errors import MuseumError
from museum.ingest.recipes import Options, RowDraft, Value, describe, only, take_in, try_out

CLOUDS = (".e57", ".las", ".laz", ".xyz", ".pts", ".asc", ".ply")


def enrich(draft: RowDraft, *, up: str, epoch: str, device: str) -> RowDraft | None:
    """Only point clouds; the axis that stands, the campaign, and what the object was scanned with."""
    found = only(draft, {"scan"})
    if found is None:
        return None
    media = tuple(
        replace(m, up_axis=m.up_axis or up, epoch=epoch) for m in found.media if m.path.suffix.lower() in CLOUDS
    )
    if not media:
        return None
    values = dict(found.values)
    if device:
        values.setdefault("technique", (Value(value=device, language="vi"),))
    return replace(found, media=media, values=values)


def main() -> int:
    """Run as a command; exit code 3 when something was, or would be, refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("museum", type=Path, help="the museum's folder (holds museum.toml)")
    parser.add_argument("clouds", type=Path, help="the folder (or ZIP file) of point clouds")
    parser.add_argument(
        "--unit", default="none", choices=["mm", "cm", "m", "in", "none"], help="where a file states none"
    )
    parser.add_argument(
        "--up", default="", choices=["", "X", "Y", "Z"], help="the axis that stands, where none is stated"
    )
    parser.add_argument("--epoch", default="", help="name of the scanning campaign")
    parser.add_argument("--device", default="", help='how it was scanned, such as "quét laser mặt đất"')
    parser.add_argument("--keep-good", action="store_true", help="take the sound parts of damaged clouds")
    parser.add_argument("--publish", action="store_true", help="publish when everything is ready")
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be taken in")
    given = parser.parse_args()
    options = Options(
        publish=given.publish,
        unit="" if given.unit == "none" else given.unit,
        keep_good=given.keep_good,
        person="ingest_scripts/point_clouds.py",
        change=lambda draft: enrich(draft, up=given.up, epoch=given.epoch, device=given.device),
    )
    try:
        report = (try_out if given.dry_run else take_in)(given.museum, given.clouds, options)
    except MuseumError as error:
        print(error.message("vi"), error.message("en"), sep="\n", file=sys.stderr)
        return error.exit_code
    print(describe(report))
    return 3 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
