"""Countries. Oracle for codes and names: ISO 3166-1, read by hand."""

from __future__ import annotations

import pytest

from leadline.connectors.people.countries import OTHER_NAMES, country_code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("DE", "DE"), ("de", "DE"), (" gb ", "GB"), ("DE-BE", "DE-BE"), ("us-ca", "US-CA"),
        ("UK", "GB"), ("U.K.", "GB"), ("United Kingdom", "GB"), ("Germany", "DE"),
        ("GERMANY", "DE"), ("Österreich", "AT"), ("Czechia", "CZ"), ("Czech Republic", "CZ"),
        ("the Netherlands", "NL"), ("Netherlands", "NL"), ("Türkiye", "TR"), ("Turkey", "TR"),
        ("South Korea", "KR"), ("Côte d'Ivoire", "CI"), ("Cote d’Ivoire", "CI"),
        ("Bosnia & Herzegovina", "BA"), ("United States", "US"), ("USA", "US"),
        ("U.S.A.", "US"), ("Hong Kong", "HK"), ("Viet Nam", "VN"), ("India", "IN"),
    ],
)  # fmt: skip
def test_codes_and_common_names_are_understood(given: str, code: str) -> None:
    assert country_code(given) == code


@pytest.mark.parametrize("given", ["", "XX", "XX-BE", "Atlantis", "D", "DEU-BE", "DE-", "-"])
def test_anything_else_is_none(given: str) -> None:
    assert country_code(given) is None


def test_every_other_name_leads_to_a_code_of_the_table() -> None:
    assert {country_code(name) for name in OTHER_NAMES} == set(OTHER_NAMES.values())
    assert all(country_code(code) == code for code in OTHER_NAMES.values())
