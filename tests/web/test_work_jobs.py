"""Dead letters at the workbench: seen with their reason, tried again, and each only by who looks after it."""

from museum.accounts.roles import Role
from museum.db import reading, writing
from museum.jobs import queue
from museum.jobs.tables import JobRow
from tests.web.conftest import House
from tests.web.signing_in import ADMINISTRATOR, CURATOR, Forms, person, signed_in_as

REASON = {"code": "image.truncated", "vi": "Tệp ảnh bị cắt cụt.", "en": "The image file is cut off."}


def give_up(house: House, key: str, payload: dict[str, str]) -> int:
    """A job that failed for good; its number."""
    with writing(house.engine) as session:
        queue.enqueue(session, "derive", payload, key=key)
    job = queue.claim(house.engine, "tests", lease_s=60)
    assert job is not None
    assert queue.fail(house.engine, job.id, owner="tests", error=REASON)
    return job.id


def a_record(house: House) -> str:
    return next(iter(house.ids.values()))


def test_dead_letter_says_why_and_is_tried_again(house: House) -> None:
    job_id = give_up(house, "a", {"record": a_record(house)})
    with signed_in_as(house.app, ADMINISTRATOR):
        assert "Tệp ảnh bị cắt cụt." in house.client.get("/work/jobs").text
        assert "The image file is cut off." in house.client.get("/work/jobs?lang=en").text
        answer = Forms(house.app).post("/work/jobs", job=str(job_id))
    assert answer.status_code == 303
    assert queue.counts(house.engine)["dead"] == 0
    with reading(house.engine) as session:
        row = session.get(JobRow, job_id)
        assert row is not None and row.state == "queued" and row.tries == 0


def test_only_those_who_look_after_jobs_see_them(house: House) -> None:
    give_up(house, "b", {"record": a_record(house)})
    with signed_in_as(house.app, CURATOR):
        assert house.client.get("/work/jobs").status_code == 403
    elsewhere = person(Role.ADMINISTRATOR, institution="another")
    with signed_in_as(house.app, elsewhere):
        page = house.client.get("/work/jobs")
    assert page.status_code == 200
    assert "Tệp ảnh bị cắt cụt." not in page.text
