"""Work is asked for once, held by one, and never lost."""

import datetime as dt
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from museum.db import reading, utc_now, writing
from museum.jobs import queue

ERROR = {"code": "x", "vi": "hỏng", "en": "broken"}


def ask(engine: Engine, key: str, **options: object) -> bool:
    """Enqueue one job in its own transaction."""
    with writing(engine) as session:
        return queue.enqueue(session, "pyramid", {"of": key}, key=key, **options)  # type: ignore[arg-type]


def take(engine: Engine, owner: str = "an", **options: object) -> queue.Job:
    """Claim a job that must be there."""
    job = queue.claim(engine, owner, **{"lease_s": 60, **options})  # type: ignore[arg-type]
    assert job is not None
    return job


def test_job_exists_exactly_if_its_transaction_commits(engine: Engine) -> None:
    class Refused(Exception):
        pass

    with pytest.raises(Refused), writing(engine) as session:
        assert queue.enqueue(session, "pyramid", {}, key="a")
        raise Refused
    assert queue.claim(engine, "an", lease_s=60) is None
    assert ask(engine, "a")
    assert take(engine).key == "a"


def test_same_key_is_asked_once_until_finished(engine: Engine) -> None:
    assert ask(engine, "a")
    assert not ask(engine, "a")
    job = take(engine)
    assert not ask(engine, "a")
    assert queue.finish(engine, job.id, owner="an")
    assert ask(engine, "a")
    assert queue.counts(engine) == {"queued": 1, "leased": 0, "done": 1, "dead": 0}


def test_same_key_in_one_transaction(engine: Engine) -> None:
    with writing(engine) as session:
        assert queue.enqueue(session, "pyramid", {}, key="a")
        assert not queue.enqueue(session, "pyramid", {}, key="a")
        assert queue.waiting(session) == 1


def test_urgent_first_then_oldest(engine: Engine) -> None:
    for key, priority in (("a", 0), ("b", 5), ("c", 0), ("d", 5)):
        ask(engine, key, priority=priority)
    assert [take(engine).key for _ in range(4)] == ["b", "d", "a", "c"]


def test_payload_comes_back(engine: Engine) -> None:
    payload = {"tên": "Cửu Đỉnh", "n": [1, 2.5, None, True], "deep": {"a": {"b": []}}}
    with writing(engine) as session:
        queue.enqueue(session, "pyramid", payload, key="a")
    assert take(engine).payload == payload


def test_kinds_and_times_are_respected(engine: Engine) -> None:
    ask(engine, "later", run_after=utc_now() + dt.timedelta(hours=1))
    assert queue.claim(engine, "an", lease_s=60) is None
    ask(engine, "now")
    assert queue.claim(engine, "an", kinds=["poster"], lease_s=60) is None
    assert queue.claim(engine, "an", kinds=[], lease_s=60) is None
    assert take(engine, kinds=["poster", "pyramid"]).key == "now"


def test_ended_lease_is_taken_by_another_and_the_first_is_told(engine: Engine) -> None:
    ask(engine, "a")
    job = take(engine, "an", lease_s=0.05)
    time.sleep(0.1)
    again = take(engine, "bình")
    assert (again.id, again.tries) == (job.id, 2)
    assert not queue.heartbeat(engine, job.id, owner="an", lease_s=60)
    assert not queue.finish(engine, job.id, owner="an")
    assert not queue.fail(engine, job.id, owner="an", error=ERROR)
    assert queue.finish(engine, job.id, owner="bình")


def test_heartbeat_keeps_the_lease(engine: Engine) -> None:
    ask(engine, "a")
    job = take(engine, "an", lease_s=0.05)
    assert queue.heartbeat(engine, job.id, owner="an", lease_s=60)
    time.sleep(0.1)
    assert queue.claim(engine, "bình", lease_s=60) is None


def test_job_that_kills_its_workers_is_declared_dead(engine: Engine) -> None:
    ask(engine, "a", max_tries=2)
    for _ in range(2):
        take(engine, lease_s=0.01)
        time.sleep(0.03)
    assert queue.claim(engine, "an", lease_s=60) is None
    with reading(engine) as session:
        (job,) = queue.dead(session)
        assert job.error is not None
        assert job.error["code"] == "jobs.worker_died"


def test_retry_waits_and_then_comes(engine: Engine) -> None:
    ask(engine, "a")
    job = take(engine)
    assert queue.fail(engine, job.id, owner="an", error=ERROR, retry_at=utc_now() + dt.timedelta(seconds=0.1))
    assert queue.claim(engine, "an", lease_s=60) is None
    time.sleep(0.15)
    assert take(engine).tries == 2


def test_dead_jobs_can_be_revived_once_per_key(engine: Engine) -> None:
    for _ in range(2):
        ask(engine, "a")
        queue.fail(engine, take(engine).id, owner="an", error=ERROR)
    ask(engine, "b")
    queue.fail(engine, take(engine).id, owner="an", error=ERROR)
    ask(engine, "b")
    with writing(engine) as session:
        assert queue.revive(session) == 1
    assert {take(engine).key, take(engine).key} == {"a", "b"}


def test_given_back_job_costs_no_try(engine: Engine) -> None:
    ask(engine, "a")
    assert queue.give_back(engine, take(engine).id, owner="an")
    assert take(engine).tries == 1


def test_waiting_counts_by_prefix(engine: Engine) -> None:
    for key in ("pyramid:1", "pyramid:2", "poster:1", "pyra%"):
        ask(engine, key)
    with reading(engine) as session:
        assert queue.waiting(session, "pyramid:") == 2
        assert queue.waiting(session, "pyra%") == 1
        assert queue.waiting(session) == 4


def test_many_claimers_never_share_a_job(engine: Engine) -> None:
    with writing(engine) as session:
        for number in range(60):
            queue.enqueue(session, "pyramid", {}, key=str(number))

    def work(owner: str) -> list[str]:
        taken = []
        while (job := queue.claim(engine, owner, lease_s=60)) is not None:
            taken.append(job.key)
            assert queue.finish(engine, job.id, owner=owner)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = Counter(key for keys in pool.map(work, ["an", "bình", "chi", "dung"]) for key in keys)
    assert taken == {str(number): 1 for number in range(60)}


def test_claim_does_not_wait_for_an_open_transaction_of_readers(engine: Engine) -> None:
    ask(engine, "a")
    with Session(engine) as session:
        assert queue.waiting(session) == 1
        assert take(engine).key == "a"
