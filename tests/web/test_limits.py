"""Limits count browsers: behind servers of one's own too, and no header talks them round."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from leadline.errors import ConfigurationError
from leadline.web.proxies import trusted_proxies
from leadline.web.views.sign_in import TRIES_PER_MINUTE
from tests.web.conftest import Browsers


@pytest.mark.parametrize(("said", "count"), [("0", 0), (" 2 ", 2), ("10", 10)])
def test_a_whole_number_of_proxies_is_read(said: str, count: int) -> None:
    assert trusted_proxies(said) == count


@pytest.mark.parametrize("said", ["", "-1", "1.5", "two", "²"])
def test_anything_else_is_refused_in_words(said: str) -> None:
    with pytest.raises(ConfigurationError, match="LEADLINE_TRUSTED_PROXIES is") as refused:
        trusted_proxies(said)
    assert "1 for one server in front" in refused.value.hint


def codes(forwarded: list[str]) -> list[int]:
    """What a browser gets that guesses links, its requests having come through servers."""
    client = Client()
    return [
        client.get("/sign-in/guess/", headers={"X-Forwarded-For": one}).status_code
        for one in forwarded
    ]


def test_without_a_proxy_of_ones_own_the_header_is_the_guessers_word_and_not_believed(
    browser: Browsers, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    answers = codes([f"192.0.2.{n}" for n in range(TRIES_PER_MINUTE + 1)])
    assert answers == [410] * TRIES_PER_MINUTE + [429]


def test_behind_one_proxy_its_word_counts_and_what_the_guesser_put_before_does_not(
    browser: Browsers, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    others = [f"192.0.2.{n}" for n in range(TRIES_PER_MINUTE + 1)]
    assert set(codes(others)) == {410}  # so many browsers, each of them once
    answers = codes([f"203.0.113.{n}, 198.51.100.7" for n in range(TRIES_PER_MINUTE + 1)])
    assert answers == [410] * TRIES_PER_MINUTE + [429]
