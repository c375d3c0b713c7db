"""People: what the policy adds to a page, a session to a request, and a password to a guess."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from museum import db
from museum.accounts import keys, people, policy, sessions
from museum.accounts.passwords import STRONG
from museum.accounts.policy import STATES, Grant, Target, Viewer, highest_level, may
from museum.accounts.roles import Action, Level, Role
from museum.migrations import schema

_ROUNDS = 3
_RECORDS = 50
_PAGE_LIMIT_MS = 1.0


def run() -> list[dict[str, Any]]:
    """The rows of docs/benchmarks.md."""
    return [*_policy_rows(), *_session_rows(), _password_row()]


def _policy_rows() -> list[dict[str, Any]]:
    worst = _viewer()
    targets = [
        Target(
            institution=f"coquan-{number % 32:02}",
            collections=frozenset({f"Bộ sưu tập {number % 5}"}),
            state=STATES[number % len(STATES)],
            level=Level(number % 3),
            created_by="uanother00",
        )
        for number in range(_RECORDS)
    ]
    # Refused is the dearest answer: every grant is asked.
    once = _median(lambda: _each(2_000, lambda: may(worst, Action.EDIT, targets[49]))) / 2_000
    # A page of 50 records asks for each whether it is seen, to which level, and whether it may be edited.
    page = _median(
        lambda: [
            (may(worst, Action.VIEW, target), highest_level(worst, target), may(worst, Action.EDIT, target))
            for target in targets
        ]
    )
    return [
        _row("policy: one question, 8 grants", once * 1e6, "µs"),
        _row(
            f"policy: a page of {_RECORDS} records, 3 questions each", page * 1e3, "ms",
            limit=_PAGE_LIMIT_MS, note="the limit of a page is 1 ms",
        ),
    ]  # fmt: skip


def _session_rows() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        engine = db.open_engine(f"sqlite:///{Path(folder) / 'museum.db'}")
        schema.upgrade(engine)
        token, key = _populate(engine)

        def statement() -> None:
            with db.reading(engine) as session:
                session.execute(text("SELECT 1"))

        session_us, key_us, bare_us = [], [], []
        for _ in range(_ROUNDS):
            bare_us.append(_each(300, statement) / 300 * 1e6)
            session_us.append(_each(300, lambda: sessions.viewer_of(engine, token)) / 300 * 1e6)
            key_us.append(_each(300, lambda: keys.viewer_of_key(engine, key)) / 300 * 1e6)
        engine.dispose()
    bare = statistics.median(bare_us)
    note = "1,000 people, 2,000 sessions, SQLite; peer: SELECT 1 through the same door; limit in µs"
    return [
        _row("session of a cookie: who asks", statistics.median(session_us), "µs", peer=bare, limit=1_000, note=note),
        _row("key of a program: who asks", statistics.median(key_us), "µs", peer=bare, limit=1_000, note=note),
    ]


def _password_row() -> dict[str, Any]:
    kept = STRONG.hash("chín đỉnh đồng trước Thế Miếu")
    known, unknown = [], []
    STRONG.verify(None, "made once")
    for _ in range(9):
        known.append(_each(1, lambda: STRONG.verify(kept, "not the password")))
        unknown.append(_each(1, lambda: STRONG.verify(None, "not the password")))
    ours, peer = min(unknown) * 1e3, min(known) * 1e3  # the best of nine: what the machine does besides is not ours
    return _row(
        "password: unknown account against known one", ours, "ms", peer=peer, ratio=ours / peer, limit=1.25,
        note="argon2id, 64 MiB, 3 passes; equal time gives no account away",
    )  # fmt: skip


def _viewer() -> Viewer:
    grants = tuple(
        Grant(role=Role.CURATOR, institution=f"coquan-{number:02}", collection="Bộ sưu tập 9") for number in range(7)
    )
    return Viewer(user_id="ubcdfghjk0", grants=(*grants, Grant(role=Role.REVIEWER, institution="*")))


def _populate(engine: Engine) -> tuple[str, str]:
    operator = policy.operator("bench")
    token = key = ""
    with db.writing(engine) as session:
        for number in range(1_000):
            grants = [Grant(role=Role.CURATOR, institution=f"coquan-{number % 32:02}")]
            user = people.create(
                session, f"nguoi{number}@baotang.example", name=f"Người {number}", by=operator, grants=grants
            )
            sessions.begin(session, user.id)
            token = sessions.begin(session, user.id).token
        key = keys.issue(session, by=people.viewer_of(session, user.id), name="bench", scopes=[Action.VIEW]).text
    sessions.viewer_of(engine, token)
    keys.viewer_of_key(engine, key)
    return token, key


def _each(times: int, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - began


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_each(1, work) for _ in range(_ROUNDS * 5))


def _row(
    name: str,
    ours: float,
    unit: str,
    *,
    peer: float | None = None,
    ratio: float | None = None,
    limit: float | None = None,
    note: str = "",
) -> dict[str, Any]:
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "limit": limit, "unit": unit, "note": note}


if __name__ == "__main__":
    for each in run():
        print(each)
