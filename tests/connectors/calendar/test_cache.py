"""The cache: the same facts, only sooner, and never in the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from leadline.connectors.calendar import cache, parse
from leadline.practice.kinds import KindRule
from leadline.practice.people import Person
from tests.connectors.calendar.samples import WITH_MIRA, calendar, event, read

WEEKLY = event("DTSTART:20260105T090000Z", "DURATION:PT15M", "RRULE:FREQ=WEEKLY", *WITH_MIRA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the real parser's runs."""
    runs: list[str] = []
    real = parse.parse_calendar

    def counted(content: bytes, *, place: str, **window: object) -> object:
        runs.append(place)
        return real(content, place=place, **window)

    monkeypatch.setattr(parse, "parse_calendar", counted)
    return runs


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_second_reading_is_the_same_and_parses_nothing(
    tmp_path: Path, folder: Path, parses: list[str]
) -> None:
    first = read(tmp_path, calendar(WEEKLY), cache_folder=folder)
    second = read(tmp_path, calendar(WEEKLY), cache_folder=folder)
    assert first == second
    assert len(parses) == 1
    assert len(kept(folder)) == 1


def test_a_reading_lasts_for_its_week(tmp_path: Path, folder: Path, parses: list[str]) -> None:
    for day in (10, 11, 13):  # Tuesday, Wednesday, Friday
        found = read(
            tmp_path,
            calendar(WEEKLY),
            start_on=date(2026, 2, day),
            end_on=date(2026, 3, day + 1),
            cache_folder=folder,
        )
        assert all(one.starts_at.date() >= date(2026, 2, day) for one in found.meetings)
    assert len(parses) == 1


@pytest.mark.parametrize(
    "changes", [{"zone": ZoneInfo("Asia/Tokyo")}, {"end_on": date(2026, 6, 1)}]
)
def test_another_zone_or_window_is_another_reading(
    tmp_path: Path, folder: Path, parses: list[str], changes: dict[str, object]
) -> None:
    read(tmp_path, calendar(WEEKLY), cache_folder=folder)
    read(tmp_path, calendar(WEEKLY), cache_folder=folder, **changes)
    assert len(parses) == 2


def test_people_and_rules_may_change_without_a_new_reading(
    tmp_path: Path, folder: Path, parses: list[str]
) -> None:
    read(tmp_path, calendar(WEEKLY), cache_folder=folder)
    other = Person(name="Somebody", emails=("else@example.com",))
    found = read(
        tmp_path,
        calendar(WEEKLY),
        cache_folder=folder,
        people=[other],
        rules=[KindRule(kind="mine", words=("meeting",))],
    )
    assert {one.kind for one in found.meetings} == {"other"}
    assert len(parses) == 1


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": 1}', b"\xff\xfe"])
def test_a_corrupt_cache_is_rebuilt(tmp_path: Path, folder: Path, content: bytes) -> None:
    first = read(tmp_path, calendar(WEEKLY), cache_folder=folder)
    (path,) = kept(folder)
    whole = path.read_bytes()
    path.write_bytes(content)
    assert read(tmp_path, calendar(WEEKLY), cache_folder=folder) == first
    assert path.read_bytes() == whole


def test_a_cache_cut_off_anywhere_is_rebuilt(tmp_path: Path, folder: Path) -> None:
    first = read(tmp_path, calendar(WEEKLY), cache_folder=folder)
    (path,) = kept(folder)
    whole = path.read_bytes()
    for length in range(0, len(whole), 211):
        path.write_bytes(whole[:length])
        assert cache.fetch(folder, path.stem.removeprefix("calendar-")) is None
    assert read(tmp_path, calendar(WEEKLY), cache_folder=folder) == first


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    assert read(tmp_path, calendar(WEEKLY), cache_folder=blocked / "cache").meetings


def test_only_a_few_readings_are_kept(tmp_path: Path, folder: Path) -> None:
    for number in range(cache.KEEP + 3):
        read(
            tmp_path, calendar(event("DTSTART:20260105", uid=str(number))), cache_folder=folder
        )
    assert len(kept(folder)) == cache.KEEP


def test_the_cache_is_its_owners_and_holds_no_texts(tmp_path: Path, folder: Path) -> None:
    secret = event("DTSTART:20260105T090000Z", "DESCRIPTION:the salary of somebody", *WITH_MIRA)
    read(tmp_path, calendar(secret), cache_folder=folder)
    (path,) = kept(folder)
    assert path.stat().st_mode & 0o077 == 0
    assert b"salary" not in path.read_bytes()
