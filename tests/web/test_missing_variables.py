"""A variable that is not there fails every test that opens a page (`conftest.Missing`)."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string


def test_a_template_of_ours_shows_no_variable_that_is_missing() -> None:
    with pytest.raises(LookupError, match=r"parts/citation\.html shows citation\.text"):
        render_to_string("parts/citation.html", {"citation": object()})
