"""The public interfaces under nonsense: schemathesis asks what the description allows and what it does not.

`python -m tests.conformance.fuzzing 10000` is `make fuzz`; the suite runs some hundred cases of the same.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from museum.catalog import store
from museum.db import reading
from museum.iiif.image import Limits
from museum.iiif.service import ImageService
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from museum.web.app import create_app
from museum.web.locating import locator
from museum.web.tiles import ImageRoute
from tests.web.planted import OPEN_PHOTO, Planted, plant
from tests.web.planted_words import IDS, SLUGS

SEEN = (501, 503)  # "not offered" and "too much at once" are answers, not failures


@dataclass
class Fuzzed:
    """How many cases were tried, their statuses, and the requests that broke something."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def application(planted: Planted) -> Callable[..., Iterable[bytes]]:
    """The museum as a WSGI server runs it, image route first. Errors answer 500, as they do for visitors."""
    app = create_app(planted.settings, engine=planted.engine)
    shelf = Derivatives(LocalBlobs(planted.settings.derived))
    service = ImageService(
        locator(planted.engine, shelf), Limits(max_width_px=1024, max_area_px=1024 * 1024), trust_s=600
    )
    route = ImageRoute(app.wsgi_app, service)

    def closing(environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = route(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            if hasattr(answer, "close"):  # the asker leaves open files to the collector
                answer.close()

    return closing


def fuzz(planted: Planted, *, cases: int) -> Fuzzed:
    """Ask at least `cases` requests, spread over all operations: half as described, half not; real ids in most."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application(planted))
    operations = [found.ok() for found in schema.get_all_operations()]
    told = Fuzzed()
    for operation in operations:
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        each = -(-cases // (len(operations) * len(modes)))
        for mode in modes:
            _ask(operation.as_strategy(generation_mode=mode), told, _real(planted), most=each)
    return told


def _ask(asked: Any, told: Fuzzed, real: dict[str, list[str]], *, most: int) -> None:
    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=asked, which=st.integers(0, 1_000), is_real=st.booleans())
    def one(case: Any, which: int, is_real: bool) -> None:
        for name, values in real.items():
            if is_real and case.path_parameters and name in case.path_parameters:
                case.path_parameters[name] = values[which % len(values)]
        answer = case.call()
        told.cases += 1
        told.statuses[answer.status_code] += 1
        if answer.status_code >= 500 and answer.status_code not in SEEN:
            told.broken.append(f"{answer.status_code} {case.as_curl_command()}")

    one()


def _real(planted: Planted) -> dict[str, list[str]]:
    with reading(planted.engine) as session:
        photo = planted.records["open"].media[0]
        made = store.derivatives(session, [photo.sha256])[photo.sha256]
    return {
        "record_id": [IDS["open"], IDS["person"], IDS["draft"], IDS["withdrawn"]],
        "slug": [*SLUGS, "all", "kind-object"],
        "media_id": [OPEN_PHOTO],
        "digest": [made[0].digest[:12]],
        "name": [made[0].name],
    }


def main(cases: int) -> int:
    """Run and tell; 1 when something broke."""
    with tempfile.TemporaryDirectory() as folder:
        planted = plant(Path(folder) / "museum")
        told = fuzz(planted, cases=cases)
        planted.engine.dispose()
    print(
        f"{told.cases} cases, {len(told.broken)} server errors, answers by status {dict(sorted(told.statuses.items()))}"
    )
    for line in told.broken[:20]:
        print(line)
    return 1 if told.broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
