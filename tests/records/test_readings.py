"""How a reading went is kept, whatever happens."""

from __future__ import annotations

import pytest
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries

from leadline.errors import ConnectorError
from leadline.records.actions.readings import KEPT_READINGS, Report, read_source
from leadline.records.kept_work import while_reading, while_same
from leadline.records.models import Reading, Source
from leadline.records.queries.sources import (
    FEW,
    LONGEST_READING,
    folded,
    source_states,
    telling_readings,
)
from leadline.records.roster import roster
from leadline.records.snapshots import keep_facts, load_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return Source.objects.create(kind=Source.Kind.GIT, name="search", place="search")


def good(source: Source) -> Report:
    keep_facts(source, ["a"])
    return Report(summary="1 folder", notes=("a shallow clone",))


def bad(source: Source) -> Report:
    keep_facts(source, ["half"])
    raise ConnectorError("git says no", permanent=True, hint="Look.")


def test_a_good_reading_keeps_what_was_read_and_what_was_not_known(source: Source) -> None:
    reading = read_source(source, good)
    assert reading.outcome == Reading.Outcome.READ
    (state,) = source_states(at=now())
    assert state.summary == "1 folder"
    assert state.notes == ("a shallow clone",)
    assert state.failure == ""
    assert str(reading) == "git search: read"


def test_a_failed_reading_is_loud_and_leaves_the_facts_as_they_were(source: Source) -> None:
    read_source(source, good)
    read_source(source, bad)
    (state,) = source_states(at=now())
    assert state.failure == "git says no\nLook."
    assert state.summary == "1 folder"
    assert load_facts(Source.Kind.GIT, list[str]) == {"search": ["a"]}


def test_many_sources_of_a_kind_are_told_as_one_and_what_is_special_stays() -> None:
    names = [f"r{n}" for n in range(FEW + 3)]
    for name in names:
        one = Source.objects.create(kind=Source.Kind.GIT, name=name, place=name)
        noted = name == "r1"
        read_source(one, good if noted else lambda _: Report(summary="2 folders", notes=()))
    read_source(Source.objects.get(name="r2"), bad)
    calendar = Source.objects.create(kind=Source.Kind.CALENDAR, name="ics", place="ics")
    read_source(calendar, lambda _: Report(summary="3 meetings", notes=()))
    states = source_states(at=now())
    told = folded(states)
    one, *others = told
    assert one.name == f"{FEW + 1} sources"
    assert one.read_at == min(s.read_at for s in states if s.name not in {"r1", "r2", "ics"})
    assert {other.name for other in others} == {"r1", "r2", "ics"}
    few = states[:FEW]
    assert folded(few) == few


def test_a_reading_that_was_killed_is_said(source: Source) -> None:
    def killed(source: Source) -> Report:
        keep_facts(source, ["half"])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_source(source, killed)
    (state,) = source_states(at=now())
    assert state.is_unfinished
    assert (state.read_at, state.failure) == (None, "")  # it may be running elsewhere
    (state,) = source_states(at=now() + 2 * LONGEST_READING)
    assert "did not end" in state.failure
    assert load_facts(Source.Kind.GIT, list[str]) == {}


def test_a_source_that_was_never_read_says_nothing(source: Source) -> None:
    (state,) = source_states(at=now())
    assert (state.read_at, state.summary, state.failure) == (None, "", "")
    assert state.to_dict()["read_at"] is None


def test_old_readings_are_forgotten(source: Source) -> None:
    for _ in range(KEPT_READINGS + 3):
        read_source(source, good)
    assert source.readings.count() == KEPT_READINGS


def test_facts_of_another_shape_count_as_not_read(source: Source) -> None:
    keep_facts(source, {"not": "a list"})
    assert load_facts(Source.Kind.GIT, list[str]) == {}
    assert str(source.snapshot) == "facts of git search"


def test_facts_are_the_very_same_until_a_snapshot_changes(source: Source) -> None:
    keep_facts(source, ["a"])
    first = load_facts(Source.Kind.GIT, list[str])
    assert load_facts(Source.Kind.GIT, list[str]) is first
    assert load_facts(Source.Kind.WATCH, list[str]) is load_facts(Source.Kind.WATCH, list[str])
    keep_facts(source, ["b"])
    assert load_facts(Source.Kind.GIT, list[str]) == {"search": ["b"]}
    source.delete()
    assert load_facts(Source.Kind.GIT, list[str]) == {}


def test_work_is_done_once_for_the_very_same_facts() -> None:
    done = []

    @while_same
    def longest(first: list[str], *, second: list[str]) -> str:
        done.append(1)
        return max((*first, *second), key=len)

    one, other = ["a"], ["bb"]
    assert [longest(one, second=other) for _ in range(3)] == ["bb"] * 3
    assert len(done) == 1
    assert longest(one, second=["ccc"]) == "ccc"
    assert longest(["a"], second=other) == "bb"  # as long, and not the same
    assert len(done) == 3


def test_of_twenty_readings_two_are_looked_at(
    source: Source, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    read_source(source, good)
    for _ in range(KEPT_READINGS - 1):
        read_source(source, bad)
    assert Reading.objects.count() == KEPT_READINGS
    with django_assert_num_queries(2):
        (state,) = source_states(at=now())
    assert (state.summary, state.failure) == ("1 folder", "git says no\nLook.")
    assert {one.outcome for one in telling_readings()} == {"read", "failed"}
    assert telling_readings().count() == 2


def test_a_page_reads_the_roster_and_what_was_kept_once(
    source: Source, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keep_facts(source, ["a"])
    load_facts(Source.Kind.GIT, list[str])
    with while_reading(), django_assert_num_queries(1 + 2):
        assert load_facts(Source.Kind.GIT, list[str]) == {"search": ["a"]}
        assert load_facts(Source.Kind.CALENDAR, list[str]) == {}
        assert roster() is roster()
    keep_facts(source, ["b"])
    assert load_facts(Source.Kind.GIT, list[str]) == {"search": ["b"]}
    with while_reading():
        assert load_facts(Source.Kind.GIT, list[str]) == {"search": ["b"]}
