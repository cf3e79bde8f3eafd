"""What stays after a purge names its law, or says that none is on file."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.practice.keeping import (
    backups_stay,
    grounds,
    hash_stays,
    kept_for_claims,
    source_stays,
)

UNTIL = date(2027, 5, 22)


def test_every_ground_says_where_it_stands_and_when_it_was_looked_up() -> None:
    for one in grounds():
        assert one.law
        assert one.says
        assert one.source
        assert one.tag in {"V", "V2"}
        assert one.checked_on >= date(2026, 11, 26)
        assert all(len(code) == 2 and code.isupper() for code in one.countries)


def test_the_regulation_holds_in_the_union_and_the_three_states_beside_it() -> None:
    """27 members of the Union, and Iceland, Liechtenstein and Norway by the EEA agreement."""
    (claims,) = [one for one in grounds() if one.id == "claims"]
    assert len(claims.countries) == 27 + 3
    assert {"IS", "LI", "NO"} <= claims.countries
    assert claims.countries.isdisjoint({"GB", "CH", "US"})


@pytest.mark.parametrize("country", ["DE", "no"])
def test_a_kept_outcome_names_the_law_and_says_that_the_time_is_not_the_laws(
    country: str,
) -> None:
    kept = kept_for_claims("an outcome", fields=("reasons",), country=country, until=UNTIL)
    assert "article 17(3)(e)" in kept.ground
    assert "not the law's" in kept.ground
    assert kept.until == "2027-05-22 at the latest"


@pytest.mark.parametrize(("country", "named"), [("BR", "no law of BR"), ("", "their country")])
def test_where_no_law_is_on_file_hr_is_asked(country: str, named: str) -> None:
    kept = kept_for_claims("an outcome", fields=("reasons",), country=country, until=UNTIL)
    assert named in kept.ground
    assert "ask HR" in kept.ground
    assert "article" not in kept.ground


def test_each_line_of_the_report_says_what_why_and_until_when() -> None:
    lines = (hash_stays(2), *source_stays({"b.csv", "a.csv"}), backups_stay())
    assert [one.what for one in lines] == [
        "a hash of each address (2)", "a.csv", "b.csv", "backups made before",
    ]  # fmt: skip
    assert all(one.ground and one.until for one in lines)
    assert str(lines[1]) == (
        "a.csv: Leadline only reads it, and leaves them out from now on; "
        "until somebody deletes it there"
    )
    assert str(lines[0]).startswith("a hash of each address (2) (address_hash, at): no law")
    assert lines[0].to_dict()["fields"] == ("address_hash", "at")
