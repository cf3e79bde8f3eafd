"""Parts of pages that show frozen facts alone are drawn once, and never unescaped."""

from __future__ import annotations

from django.utils import translation

from leadline.records.queries.experiments import KeptTotal
from leadline.web.templatetags.leadline import draw, drawn

HOSTILE = "<script>alert(1)</script>"


def total(metric: str) -> KeptTotal:
    return KeptTotal(
        group="all", metric=metric, n_experiments=1_234, n_claims=2, n_stand=1, claimed=0.5,
        believed=0.25, lower=0.1, upper=0.4,
    )  # fmt: skip


def test_the_same_facts_in_the_same_language_are_drawn_once() -> None:
    draw.cache_clear()
    pages = [drawn("parts/effect.html", total=total("clicks")) for _ in range(3)]
    assert len(set(pages)) == 1
    assert draw.cache_info().misses == 1
    assert drawn("parts/effect.html", total=total("sales")) != pages[0]
    with translation.override("de"):
        assert "1.234" in drawn("parts/effect.html", total=total("clicks"))
    assert "1,234" in drawn("parts/effect.html", total=total("clicks"))
    assert draw.cache_info().misses == 3


def test_what_facts_say_is_escaped() -> None:
    page = drawn("parts/effect.html", total=total(HOSTILE))
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
