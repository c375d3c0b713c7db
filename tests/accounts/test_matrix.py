"""Every role × action × place × state × level: the policy says what the table written by hand says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from types import MappingProxyType

import pytest

from museum.accounts import policy
from museum.accounts.policy import ALL_INSTITUTIONS, STATES, VISITOR, Target, Viewer, highest_level, may
from museum.accounts.roles import Action, Level, Role
from tests.accounts.conftest import a_grant

TABLE = Path(__file__).parent / "matrix.txt"
ROLES = ("visitor", *(role.value for role in Role))
COLUMNS = (*STATES, "signed")
WIDEST = {".": -1, "P": Level.PUBLIC, "I": Level.INTERNAL, "C": Level.CONFIDENTIAL}
ME = "ubcdfghjk0"
URNS, BELLS = "Cửu Đỉnh", "Chuông chùa"
_INSIDE = Target(institution="hue", collections=frozenset({URNS}), created_by="uanother00")
# Place → (the grant's institution and collection, the thing that is asked for).
PLACES: dict[str, tuple[tuple[str, str], Target]] = {
    "own record": (("hue", ""), replace(_INSIDE, created_by=ME)),
    "own institution": (("hue", ""), _INSIDE),
    "own collection": (("hue", URNS), _INSIDE),
    "whole museum": ((ALL_INSTITUTIONS, ""), _INSIDE),
    "museum itself all": ((ALL_INSTITUTIONS, ""), Target(created_by="uanother00")),
    "museum itself": (("hue", ""), Target(created_by="uanother00")),
    "other institution": (("hue", ""), replace(_INSIDE, institution="cham")),
    "other collection": (("hue", URNS), replace(_INSIDE, collections=frozenset({BELLS}))),
}


@dataclass(frozen=True)
class Cell:
    """One question and the hand's answer."""

    role: str
    place: str
    action: Action
    column: str
    level: Level
    is_allowed: bool

    def ask(self) -> bool:
        """The policy's answer."""
        (institution, collection), target = PLACES[self.place]
        who = VISITOR
        if self.role != "visitor":
            who = Viewer(user_id=ME, name="Hoa", grants=(a_grant(self.role, institution, collection),))
        is_signed = self.column == "signed"
        state = "published" if is_signed else self.column
        return may(who, self.action, replace(target, state=state, level=self.level, is_signed=is_signed))


def cells() -> Iterator[Cell]:
    """The hand's table, cell by cell."""
    roles: list[str] = []
    places: list[str] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"\[(.+) \| (.+)\]", line):
            roles, places = header[1].split(", "), header[2].split(", ")
        elif line and not line.startswith("#"):
            name, *marks = line.split()
            assert len(marks) == len(COLUMNS), line
            for role, place, (column, mark), level in product(roles, places, zip(COLUMNS, marks, strict=True), Level):
                yield Cell(role, place, Action(name), column, level, level <= WIDEST[mark])


def wrong() -> list[Cell]:
    """The cells in which policy and hand differ."""
    return [cell for cell in cells() if cell.ask() is not cell.is_allowed]


def test_the_table_asks_everything_once() -> None:
    asked = [(c.role, c.place, c.action, c.column, c.level) for c in cells()]
    assert len(asked) == len(set(asked))
    assert set(asked) == set(product(ROLES, PLACES, Action, COLUMNS, Level))


def test_policy_and_table_agree_in_every_cell() -> None:
    assert wrong() == []
    every = list(cells())
    allowed = sum(cell.is_allowed for cell in every)
    print(f"{len(every):,} cells asked: {allowed:,} allowed, {len(every) - allowed:,} refused, 0 differ")
    assert len(every) > 20_000


@pytest.mark.parametrize(
    ("role", "action", "states"),
    [
        (Role.REVIEWER, Action.EDIT, None),
        (Role.PUBLISHER, Action.PUBLISH, frozenset({"draft", "reviewed"})),
        (Role.CONTRIBUTOR, Action.DELETE, frozenset({"draft"})),
    ],
)
def test_a_role_that_may_more_is_noticed(
    role: Role, action: Action, states: frozenset[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with one right too many in the policy the table disagrees, and about that role only."""
    widened = {**policy._RIGHTS, role: {**policy._RIGHTS[role], action: states}}
    monkeypatch.setattr(policy, "_RIGHTS", MappingProxyType(widened))
    assert {(cell.role, cell.action) for cell in wrong()} == {(role.value, action)}


def test_a_policy_without_borders_between_peers_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "_reaches", lambda *_: True)
    assert {cell.place for cell in wrong()} == {"other institution", "other collection", "museum itself"}


@pytest.mark.parametrize("role", list(Role))
def test_parts_are_shown_up_to_the_level_of_the_role_and_only_inside(role: Role) -> None:
    inside = Viewer(user_id=ME, grants=(a_grant(role, "hue"),))
    wanted = Level.INTERNAL if role in (Role.CONTRIBUTOR, Role.PUBLISHER) else Level.CONFIDENTIAL
    assert highest_level(inside, _INSIDE) is wanted
    assert highest_level(inside, replace(_INSIDE, institution="cham")) is Level.PUBLIC
    assert highest_level(VISITOR, _INSIDE) is Level.PUBLIC


def test_a_key_without_view_sees_no_more_than_a_visitor_and_no_less() -> None:
    key = Viewer(user_id=ME, grants=(a_grant("curator", "hue"),), allowed=frozenset({Action.EDIT}))
    assert highest_level(key, _INSIDE) is Level.PUBLIC
    assert may(key, Action.VIEW, _INSIDE)
    assert not may(key, Action.VIEW, replace(_INSIDE, level=Level.INTERNAL))
    assert may(key, Action.EDIT, _INSIDE)
    assert not may(key, Action.DELETE, _INSIDE)


def test_a_grant_without_institution_reaches_nothing() -> None:
    nowhere = Viewer(user_id=ME, grants=(a_grant("administrator", ""),))
    assert not any(may(nowhere, action, Target(state="draft")) for action in Action)


@pytest.mark.parametrize(
    ("own", "given", "is_covered"),
    [
        ("administrator *", "administrator *", True),
        ("administrator *", "curator hue", True),
        ("administrator hue", "administrator hue", True),
        ("administrator hue", "restorer hue Cửu Đỉnh", True),
        ("administrator hue", "curator cham", False),
        ("administrator hue", "contributor *", False),
        ("administrator hue Cửu Đỉnh", "curator hue", False),
        ("administrator hue Cửu Đỉnh", "curator hue Chuông chùa", False),
        ("administrator hue Cửu Đỉnh", "curator hue Cửu Đỉnh", True),
        ("administrator * Cửu Đỉnh", "administrator *", False),
        ("curator *", "contributor hue", False),
        ("curator hue", "curator hue", False),
        ("publisher hue", "contributor hue", False),
    ],
)
def test_nobody_gives_a_role_wider_than_their_own(own: str, given: str, is_covered: bool) -> None:
    who = Viewer(user_id=ME, grants=(a_grant(*own.split(" ", 2)),))
    assert policy.covers(who, a_grant(*given.split(" ", 2))) is is_covered


def test_a_key_gives_no_role_wider_than_its_scopes() -> None:
    key = Viewer(
        user_id=ME, grants=(a_grant("administrator", "hue"),), allowed=frozenset({Action.MANAGE_PEOPLE, Action.VIEW})
    )
    assert not policy.covers(key, a_grant("contributor", "hue"))
    reviewer = {Action.MANAGE_PEOPLE, Action.VIEW, Action.SEE_HISTORY, Action.EXPORT, Action.REVIEW}
    assert policy.covers(replace(key, allowed=frozenset(reviewer)), a_grant("reviewer", "hue"))


def test_actions_of_a_person_are_told_by_institution() -> None:
    who = Viewer(user_id=ME, grants=(a_grant("curator", "hue"), a_grant("reviewer", "cham", BELLS)))
    assert Action.EDIT in policy.actions_of(who, "hue")
    assert Action.EDIT not in policy.actions_of(who, "cham")
    assert Action.REVIEW in policy.actions_of(who, "cham")
    assert policy.actions_of(who, "hoi-an") == frozenset()
    assert policy.actions_of(who, ALL_INSTITUTIONS) == policy.actions_of(who, "hue") | {Action.REVIEW}
    assert Action.MANAGE_INSTITUTIONS not in policy.actions_of(
        Viewer(user_id=ME, grants=(a_grant("administrator", "hue"),)), "hue"
    )
    whole = Viewer(user_id=ME, grants=(a_grant("administrator", "*"),))
    assert Action.MANAGE_INSTITUTIONS in policy.actions_of(whole, ALL_INSTITUTIONS)
