"""PDF documents named by inventory number become records of documentary heritage, titled as the PDF titles itself.

Example: python ingest_scripts/documents.py MUSEUM DOCUMENTS --publish
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from museum.errors import MuseumError, SourceError
from museum.ingest import documents
from museum.ingest.recipes import Options, RowDraft, Value, describe, only, take_in


def enrich(draft: RowDraft) -> RowDraft | None:
    """Only documents; the first PDF's own title, where it has one, names the record."""
    found = only(draft, {"document", "transcript"})
    if found is None:
        return None
    values = dict(found.values)
    for media in found.media:
        if media.media_type != "application/pdf":
            continue
        try:
            title = documents.inspect(media.path).title
        except SourceError:
            continue  # told, with its cause, when the file is taken in
        if title:
            values.setdefault("title", (Value(value=title, source=media.reference),))
    return replace(found, kind="document", values=values)


def main() -> int:
    """Run as a command; exit code 3 when something was refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("museum", type=Path, help="the museum's folder (holds museum.toml)")
    parser.add_argument("documents", type=Path, help="the folder of PDF documents")
    parser.add_argument("--publish", action="store_true", help="publish when everything is ready")
    given = parser.parse_args()
    options = Options(publish=given.publish, person="ingest_scripts/documents.py", change=enrich)
    try:
        report = take_in(given.museum, given.documents, options)
    except MuseumError as error:
        print(error.message("vi"), error.message("en"), sep="\n", file=sys.stderr)
        return error.exit_code
    print(describe(report))
    return 3 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
