"""A spreadsheet with its files: first what would change, field by field; with --yes it is done.

Example: python ingest_scripts/spreadsheet.py MUSEUM FOLDER --table danh-muc.xlsx --yes --publish
"""

import argparse
import sys
from pathlib import Path

from museum.errors import MuseumError
from museum.ingest.recipes import Options, Report, describe, take_in, try_out


def differences(report: Report) -> str:
    """Each row that would change, and each field of it."""
    lines: list[str] = []
    for result in report.results:
        if result.differences:
            lines.append(f"{result.key}: {result.action}")
            lines += [f"    {d.field}: {d.before!r} → {d.after!r}" for d in result.differences]
    return "\n".join(lines)


def main() -> int:
    """Run as a command; exit code 3 when something was, or would be, refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("museum", type=Path, help="the museum's folder (holds museum.toml)")
    parser.add_argument("folder", type=Path, help="the folder of files that the table names")
    parser.add_argument("--table", type=Path, action="append", default=[], help="this table only")
    parser.add_argument("--yes", action="store_true", help="really do it")
    parser.add_argument("--publish", action="store_true", help="publish when everything is ready")
    parser.add_argument("--clear-blanks", action="store_true", help="empty cells clear their field")
    given = parser.parse_args()
    options = Options(
        tables=tuple(given.table),
        publish=given.publish,
        clear_blanks=given.clear_blanks,
        person="ingest_scripts/spreadsheet.py",
    )
    try:
        report = (take_in if given.yes else try_out)(given.museum, given.folder, options)
    except MuseumError as error:
        print(error.message("vi"), error.message("en"), sep="\n", file=sys.stderr)
        return error.exit_code
    if text := differences(report):
        print(text)
    print(describe(report))
    return 3 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
