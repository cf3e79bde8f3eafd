"""Public holidays by place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from leadline.connectors import working_days
from leadline.connectors.working_days import holidays_of
from leadline.errors import ConnectorError


def test_a_country_has_its_holidays_and_a_subdivision_its_own() -> None:
    # Berlin alone keeps 8 March; Epiphany is kept in Bavaria. Source: the states' acts.
    country = holidays_of(country="DE", years=[2026, 2027])
    berlin = holidays_of(country="de-be", years=[2026])
    bavaria = holidays_of(country="DE-BY", years=[2026])
    assert {date(2026, 10, 3), date(2027, 1, 1)} <= country
    assert date(2026, 3, 8) in berlin - country
    assert date(2026, 1, 6) in bavaria - berlin


@pytest.mark.parametrize("country", ["ZZ", "DE-ZZ", ""])
def test_an_unknown_place_is_named(country: str) -> None:
    with pytest.raises(ConnectorError, match="no public holidays are known") as caught:
        holidays_of(country=country, years=[2026])
    assert caught.value.permanent


def test_what_was_kept_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def berlin() -> frozenset[date]:
        working_days._holidays_of.cache_clear()  # as in the next process
        return holidays_of(country="DE-BE", years=[2026], cache_folder=tmp_path)

    asked = berlin()
    assert asked == holidays_of(country="DE-BE", years=[2026])
    (file,) = tmp_path.iterdir()
    with monkeypatch.context() as patch:
        patch.delattr(working_days, "_asked")
        assert berlin() == asked
    file.write_bytes(b"[broken")
    assert berlin() == asked
