"""No address, however odd, breaks the image route."""

import pytest

from tests.conformance import image_fuzzing

CASES = 5_000  # `make fuzz` asks 100,000


def test_no_address_breaks_the_image_route(tmp_path_factory: pytest.TempPathFactory) -> None:
    told = image_fuzzing.fuzz(image_fuzzing.route(tmp_path_factory.mktemp("fuzz")), cases=CASES)
    print(f"\n{told.cases} addresses, {told.grown_mib:+.1f} MiB, by status {dict(sorted(told.statuses.items()))}")
    assert told.broken == []
    assert told.cases == CASES
    for status in (200, 204, 304, 400, 404, 405, 501):
        assert told.statuses[status] > CASES // 500, f"some must come to {status}"
    assert told.grown_mib < 64


def test_a_broken_route_is_noticed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: a fault in the arithmetic of sizes is found, and told with the address."""

    def broken(number: float) -> int:
        raise ZeroDivisionError(number)

    monkeypatch.setattr("museum.iiif.image._rounded", broken)
    told = image_fuzzing.fuzz(image_fuzzing.route(tmp_path_factory.mktemp("fuzz")), cases=500)
    assert told.statuses[599] > 10
    assert any("ZeroDivisionError" in line for line in told.broken)
