"""Sound and film named by inventory number become records; captions (film.vi.vtt) join the film of the same name.

Example: python ingest_scripts/av.py MUSEUM RECORDINGS --language vi --publish
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from museum.errors import MuseumError
from museum.ingest.recipes import Options, RowDraft, describe, only, take_in


def enrich(draft: RowDraft, *, language: str) -> RowDraft | None:
    """Only recordings and their texts; the language of those whose name does not tell it."""
    found = only(draft, {"sound", "film", "captions", "transcript"})
    if found is None or not any(m.kind in ("sound", "film") for m in found.media):
        return None
    return replace(found, media=tuple(replace(m, language=m.language or language) for m in found.media))


def main() -> int:
    """Run as a command; exit code 3 when something was refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("museum", type=Path, help="the museum's folder (holds museum.toml)")
    parser.add_argument("recordings", type=Path, help="the folder of recordings and captions")
    parser.add_argument("--language", default="", help='language spoken, such as "vi"')
    parser.add_argument("--publish", action="store_true", help="publish when everything is ready")
    given = parser.parse_args()
    options = Options(
        publish=given.publish,
        person="ingest_scripts/av.py",
        change=lambda draft: enrich(draft, language=given.language),
    )
    try:
        report = take_in(given.museum, given.recordings, options)
    except MuseumError as error:
        print(error.message("vi"), error.message("en"), sep="\n", file=sys.stderr)
        return error.exit_code
    print(describe(report))
    return 3 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
