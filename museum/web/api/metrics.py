"""/metrics for Prometheus: requests counted by each web process, and the museum's state read when it is asked.

The web processes share their counts through small files in the folder that PROMETHEUS_MULTIPROC_DIR names, which
`museum serve` sets; where it is not set a process tells its own. No label ever holds an address, a name or a word.
"""

import datetime as dt
import hmac
import ipaddress
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from museum.config import Settings
from museum.db import reading, utc_now
from museum.errors import NotFound
from museum.keeping import figures
from museum.web.context import museum
from museum.web.tallies import Tallies, Tally

TILES = "/iiif/image"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_OF_A_PROXY = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")
_TYPE = "text/plain; version=0.0.4; charset=utf-8"

blueprint = Blueprint("metrics", __name__)


@dataclass(frozen=True, kw_only=True)
class _Counted:
    registry: CollectorRegistry
    requests: Counter
    seconds: "_Seconds"
    sent: Counter


class _Seconds(Histogram):
    """A histogram that takes in many observations at once."""

    def add(self, by_bucket: Sequence[int], *, seconds: float) -> None:
        """`by_bucket`: how many fell into each bucket, the last being the one without bound; `seconds`: their sum."""
        self._sum.inc(seconds)
        for bucket, number in zip(self._buckets, by_bucket, strict=True):
            if number:
                bucket.inc(number)


@cache
def _counted() -> _Counted:
    registry = CollectorRegistry()
    return _Counted(
        registry=registry,
        requests=Counter(
            "museum_http_requests_total", "Requests answered.", ("route", "method", "status"), registry=registry
        ),
        seconds=_Seconds(
            "museum_http_seconds", "Time until an answer begins.", ("route",), buckets=_BUCKETS, registry=registry
        ),
        sent=Counter("museum_http_sent_bytes_total", "Bytes of answers.", ("route",), registry=registry),
    )


def method_of(given: str) -> str:
    """The request's method, or "OTHER": nobody fills the memory with methods of their own."""
    return given if given in _METHODS else "OTHER"


def count(*, route: str, method: str, status: int, seconds: float, size_bytes: int) -> None:
    """Count one answered request."""
    counted = _counted()
    counted.requests.labels(route, method, str(status)).inc()
    counted.seconds.labels(route).observe(seconds)
    counted.sent.labels(route).inc(size_bytes)


@cache
def tallies(route: str) -> Tallies:
    """Counts of a route asked so often that each request of its own would cost too much."""

    def tell(tally: Tally) -> None:
        counted = _counted()
        for (method, status), number in tally.answers.items():
            counted.requests.labels(route, method, str(status)).inc(number)
        counted.seconds.labels(route).add(tally.by_seconds, seconds=tally.seconds)
        counted.sent.labels(route).inc(tally.size_bytes)

    return Tallies(_BUCKETS, tell)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Everything, in Prometheus' text format 0.0.4; for this machine only, or with the token of the settings."""
    settings = museum().settings
    if not _may_read(settings):
        raise NotFound("web.no_page", address=request.path)
    tallies(TILES).flush()
    folder = os.environ.get(FOLDER, "")
    if folder:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]  # the library has no types there
    else:
        registry = _counted().registry
    state = CollectorRegistry()
    state.register(_State(list(_families(settings))))
    response = Response(generate_latest(registry) + generate_latest(state), content_type=_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


class _State(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _may_read(settings: Settings) -> bool:
    """With a token: whoever shows it. Without: this machine alone, and only where nobody can stand in front of us.

    A proxy on this machine makes everybody look like this machine; so any sign of one closes the door.
    """
    if settings.metrics_token:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), settings.metrics_token.encode())
    if settings.public_url or settings.proxies or any(name in request.headers for name in _OF_A_PROXY):
        return False
    host = request.host.rpartition(":")[0] or request.host
    return _is_this_machine(request.remote_addr or "") and (host == "localhost" or _is_this_machine(host.strip("[]")))


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _families(settings: Settings) -> Iterator[Metric]:
    with reading(museum().engine) as session:
        found = figures.of(session, settings)
    info = GaugeMetricFamily("museum_info", "Software and schema.", labels=("version", "revision"))
    info.add_metric((version("museum"), found.revision), 1)
    yield info
    for name, words, label, values in (
        ("museum_records", "Records by state.", "state", found.records),
        ("museum_stories", "Exhibitions and tours by state.", "state", found.stories),
        ("museum_media", "Files of records by kind.", "kind", found.media),
        ("museum_jobs", "Jobs by state.", "state", found.jobs),
        ("museum_doctor_findings", "What the doctor last found, by severity.", "severity", found.findings),
    ):
        family = GaugeMetricFamily(name, words, labels=(label,))
        for value, number in sorted(values.items()):
            family.add_metric((value,), number)
        yield family
    yield CounterMetricFamily("museum_changes", "Entries of the change log.", value=found.last_change)
    gauges: tuple[tuple[str, str, float | None], ...] = (
        ("museum_index_behind_changes", "Changes the index has not read.", found.index_behind),
        ("museum_disk_free_bytes", "Free space where media lie.", found.free_bytes),
        ("museum_job_oldest_seconds", "How long the oldest due job waits.", _age(found.oldest_job)),
        ("museum_backup_age_seconds", "Since the last whole backup.", _age(found.backup_at)),
        ("museum_backup_failed", "1 when the last try failed.", int(found.backup_failed)),
        ("museum_fixity_oldest_seconds", "Since the reading of a master longest ago.", _age(found.fixity_oldest)),
        ("museum_fixity_damaged", "Masters whose last reading found damage.", found.fixity_damaged),
    )
    for name, words, amount in gauges:
        if amount is not None:
            yield GaugeMetricFamily(name, words, value=amount)


def _age(at: dt.datetime | None) -> float | None:
    return None if at is None else max(0.0, (utc_now() - at).total_seconds())
