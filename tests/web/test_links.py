"""Signed links open exactly what they were made for; altered, run-out and foreign ones open nothing."""

import base64
import datetime as dt
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from museum.accounts import people, signing_keys
from museum.accounts.policy import Grant, operator
from museum.accounts.roles import Role
from museum.accounts.signing_keys import SigningKey
from museum.catalog import store
from museum.catalog.record import Record
from museum.db import reading, utc_now, writing
from museum.errors import Forbidden, Invalid
from museum.storage.ocfl import Masters
from museum.web import links, signing
from museum.web.link_tables import LinkRow, LinkUseRow
from museum.web.pages.masters import media_type_of
from tests.web.conftest import House
from tests.web.signing_in import ADMINISTRATOR, CONTRIBUTOR, CURATOR, Forms, account, signed_in_as

BYTES = bytes(range(256)) * 40


@dataclass(frozen=True)
class Shelf:
    """The house with real masters: every medium of its records holds BYTES and its own id."""

    house: House
    record: Record
    client: FlaskClient
    key: SigningKey

    def get(self, path: str, **options: Any) -> TestResponse:
        """An answer, read to its end."""
        return self.client.get(path, buffered=True, **options)

    def link(self, *, media: int = 0, hours: int = 24, now: dt.datetime | None = None) -> str:
        with writing(self.house.engine) as session:
            item = self.record.media[media]
            made = links.issue(
                session, self.record, item, by=operator("test"), key=self.key, hours=hours, now=now, purpose="Nhà in"
            )
        return made.path


@pytest.fixture(scope="module")
def shelf(house: House) -> Iterator[Shelf]:
    settings = house.settings
    masters = Masters(settings.masters_root, settings.staging, quarantine=settings.quarantine, fsync=False)
    settings.staging.mkdir(parents=True, exist_ok=True)
    masters.initialize()
    with reading(house.engine) as session:
        records = [store.get(session, house.ids[name]) for name in ("whole", "venus", "film")]
    for record in records:
        stage = masters.stage(f"s{record.id}")
        for item in record.media:
            stage.add_bytes(item.path, BYTES + item.id.encode())
        stage.publish(f"urn:museum:museum:{record.id}", message="test", user_name="test", created=utc_now())
    yield Shelf(house, records[0], house.app.test_client(), signing_keys.read(settings)[0])


def test_link_gives_the_original_as_a_file(shelf: Shelf) -> None:
    item = shelf.record.media[0]
    answer = shelf.get(shelf.link())
    assert answer.data == BYTES + item.id.encode()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_ranges_are_answered_and_noted_once(shelf: Shelf) -> None:
    path = shelf.link()
    parts = [shelf.get(path, headers={"Range": f"bytes={a}-{a + 4095}"}) for a in (0, 4096, 8192)]
    assert [p.status_code for p in parts] == [206, 206, 206]
    assert b"".join(p.data for p in parts) == BYTES + shelf.record.media[0].id.encode()
    (link,) = [one for one in _listed(shelf) if one.id == parse_qs(urlsplit(path).query)["link"][0]]
    assert (link.uses, link.purpose, link.issued_by) == (1, "Nhà in", "cli:test")


def test_use_is_noted_without_a_whole_address(shelf: Shelf) -> None:
    path = shelf.link()
    shelf.get(path, environ_base={"REMOTE_ADDR": "203.162.4.191"})
    link_id = parse_qs(urlsplit(path).query)["link"][0]
    with reading(shelf.house.engine) as session:
        networks = session.scalars(select(LinkUseRow.network).where(LinkUseRow.link_id == link_id)).all()
    assert networks == ["203.162.4.0/24"]
    assert links.network_of("2400:cb00:1:2:3::9") == "2400:cb00:1::/48"


def _listed(shelf: Shelf) -> list[links.Link]:
    with reading(shelf.house.engine) as session:
        return links.links_of(session, ADMINISTRATOR)


def altered(path: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """(what was done, the address) of every small change to a link that somebody might try."""
    parts = urlsplit(path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    for name, value in query.items():
        for at in range(len(value)):
            for other in chance.sample(string.ascii_letters + string.digits + "-_", 4):
                if other != value[at]:
                    changed = {**query, name: value[:at] + other + value[at + 1 :]}
                    yield f"{name}[{at}]", f"{parts.path}?{urlencode(changed)}"
        for odd in (
            "",
            value + "0",
            "0" + value,
            value[:-1],
            value.upper() + "x",
            " " + value,
            value + "=",
            "é" + value,
        ):
            yield f"{name} odd", f"{parts.path}?{urlencode({**query, name: odd})}"
        yield f"{name} left out", f"{parts.path}?{urlencode({k: v for k, v in query.items() if k != name})}"
        yield f"{name} twice", f"{path}&{urlencode({name: value})}"
    for seconds in (1, 60, 3600, 10**6, -1):
        yield "longer", f"{parts.path}?{urlencode({**query, 'until': str(int(query['until']) + seconds)})}"
    raw = base64.urlsafe_b64decode(query["signature"] + "=")
    for last in string.ascii_letters + string.digits + "-_":  # other spellings of the same 32 bytes
        spelled = query["signature"][:-1] + last
        if spelled != query["signature"] and base64.urlsafe_b64decode(spelled + "=") == raw:
            yield "same bytes, other spelling", f"{parts.path}?{urlencode({**query, 'signature': spelled})}"


def foreign(shelf: Shelf) -> Iterator[tuple[str, str]]:
    """Genuine signatures shown for something else, or made with keys that are not this museum's."""
    first, second = shelf.link(media=0), shelf.link(media=1)
    a, b = urlsplit(first), urlsplit(second)
    yield "other file's path", f"{b.path}?{a.query}"
    yield "other file's path", f"{a.path}?{b.query}"
    qa, qb = parse_qs(a.query), parse_qs(b.query)
    for name in ("link", "signature", "until"):
        mixed = {k: (qb if k == name else qa)[k][0] for k in qa}
        if mixed != {k: v[0] for k, v in qa.items()}:
            yield f"{name} of another link", f"{a.path}?{urlencode(mixed)}"
    with reading(shelf.house.engine) as session:
        row = session.get(LinkRow, qa["link"][0])
        assert row is not None
        claim = signing.Claim(
            link_id=row.id,
            record_id=row.record_id,
            media_id=row.media_id,
            path=row.path,
            sha256=row.sha256,
            issued_by=row.issued_by,
            until=int(row.expires_at.timestamp()),
        )
    assert f"{a.path}?{signing.query_of(claim, shelf.key)}" == first, (
        "the control: with the museum's key it is the link"
    )
    for number in range(40):
        strange = SigningKey.of(f"another museum's key number {number}")
        yield "other museum's key", f"{a.path}?{signing.query_of(claim, strange)}"
        yield "other key under our name", f"{a.path}?{signing.query_of(claim, replace(strange, id=shelf.key.id))}"
    for changed in (
        replace(claim, record_id="000000000"),
        replace(claim, media_id="other"),
        replace(claim, path=claim.path + "x"),
        replace(claim, sha256="0" * 64),
        replace(claim, issued_by="u123"),
        replace(claim, until=claim.until + 1),
        replace(claim, link_id="0" * 24),
    ):
        yield "other claim, right key", f"{a.path}?{signing.query_of(changed, shelf.key)}"


def test_altered_run_out_and_foreign_links_open_nothing(shelf: Shelf) -> None:
    good = shelf.link()
    assert shelf.get(good).status_code == 200
    chance = random.Random(7)
    variants = [*altered(good, chance), *foreign(shelf)]
    now = utc_now()
    for hours in range(1, 60):
        variants.append(("run out", shelf.link(hours=hours, now=now - dt.timedelta(hours=hours, seconds=1))))
    opened = [(what, path) for what, path in variants if shelf.get(path).status_code != 403]
    print(f"{len(variants)} altered, run-out and foreign links tried, {len(opened)} opened")
    assert len(variants) > 500
    assert opened == []
    assert shelf.get(good).status_code == 200, "the link itself still opens"


def test_without_the_check_altered_links_open(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with the signature's check away, what was refused above is handed out."""
    monkeypatch.setattr(links, "check", lambda *_, **__: None)
    good = urlsplit(shelf.link())
    query = {k: v[0] for k, v in parse_qs(good.query).items()}
    query["signature"] = query["signature"][::-1]
    assert shelf.get(f"{good.path}?{urlencode(query)}").status_code == 200


def test_link_without_query_and_visitor_get_nothing(shelf: Shelf) -> None:
    media_id = shelf.record.media[0].id
    assert shelf.get(f"/master/{media_id}").status_code == 403
    assert shelf.get(f"/work/master/{media_id}").status_code == 303
    assert shelf.get(f"/master/{media_id}", headers={"Authorization": "Bearer x"}).status_code == 403


def test_only_roles_with_the_right_fetch_and_make_links(shelf: Shelf) -> None:
    media_id = shelf.record.media[0].id
    with signed_in_as(shelf.house.app, CURATOR):
        assert shelf.get(f"/work/master/{media_id}").status_code == 200
    with signed_in_as(shelf.house.app, CONTRIBUTOR):
        assert shelf.get(f"/work/master/{media_id}").status_code == 403
        assert shelf.get("/work/links").status_code == 403
    for by in (CONTRIBUTOR, replace(CURATOR, grants=(Grant(role=Role.CURATOR, institution="hue"),))):
        with writing(shelf.house.engine) as session, pytest.raises(Forbidden):
            links.issue(session, shelf.record, shelf.record.media[0], by=by, key=shelf.key)
    for hours in (0, -1, 721):
        with writing(shelf.house.engine) as session, pytest.raises(Invalid):
            links.issue(session, shelf.record, shelf.record.media[0], by=CURATOR, key=shelf.key, hours=hours)


def test_link_is_found_made_and_ended_at_the_workbench(shelf: Shelf) -> None:
    account(shelf.house.engine, "sutap@baotang.example", Role.CURATOR)
    forms = Forms(shelf.house.app)
    forms.sign_in("sutap@baotang.example")
    item = shelf.record.media[0]
    assert item.file_name in forms.get(f"/work/links?of={shelf.record.id}").text
    made = forms.post("/work/links", media=item.id, hours="24", purpose="Cho nhà in")
    path = made.text.partition('value="https://baotang.example/master/')[2].partition('"')[0].replace("&amp;", "&")
    assert shelf.get(f"/master/{path}").status_code == 200
    listed = forms.get("/work/links").text
    assert "Cho nhà in" in listed and "signature=" not in listed
    forms.post("/work/links/end", page="/work/links", link=parse_qs(urlsplit(path).query)["link"][0])
    assert shelf.get(f"/master/{path}").status_code == 403


def test_link_dies_with_its_makers_right(shelf: Shelf) -> None:
    user = account(shelf.house.engine, "roidi@baotang.example", Role.CURATOR)
    with reading(shelf.house.engine) as session:
        who = people.viewer_of(session, user.id)
    with writing(shelf.house.engine) as session:
        made = links.issue(session, shelf.record, shelf.record.media[0], by=who, key=shelf.key)
    assert shelf.get(made.path).status_code == 200
    with writing(shelf.house.engine) as session:
        people.deactivate(session, user.id, by=operator("test"))
    assert shelf.get(made.path).status_code == 403


def test_rotated_key_still_opens_what_it_signed(shelf: Shelf, tmp_path: Path) -> None:
    settings = replace(shelf.house.settings, home=tmp_path)
    old = signing_keys.ensure(settings)[0]
    signing_keys.rotate(settings)
    keys = signing_keys.read(settings)
    assert keys[0].id != old.id and old in keys
    with writing(shelf.house.engine) as session:
        made = links.issue(session, shelf.record, shelf.record.media[0], by=operator("test"), key=old)
        shown = signing.presented(parse_qs(urlsplit(made.path).query))
        links.opened(session, shelf.record.media[0].id, shown, keys=keys)
        for _ in range(3):
            signing_keys.rotate(settings)
        with pytest.raises(signing.Refused):
            links.opened(session, shelf.record.media[0].id, shown, keys=signing_keys.read(settings))


@pytest.mark.parametrize(
    "kind",
    ["image/svg+xml", "IMAGE/SVG+XML", "text/html", "application/xhtml+xml", "application/pdf", "text/xml", ""],
)
def test_type_that_a_browser_might_run_is_only_bytes(shelf: Shelf, kind: str) -> None:
    assert media_type_of(replace(shelf.record.media[0], media_type=kind)) == "application/octet-stream"
    assert media_type_of(replace(shelf.record.media[0], media_type="image/tiff")) == "image/tiff"
