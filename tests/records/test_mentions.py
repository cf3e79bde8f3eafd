"""Names in texts, and the condition that lets a database look first."""

from __future__ import annotations

import pytest
from django.utils import timezone

from leadline.records.models import Assumption, Reading, Source
from leadline.records.queries.mentions import may_mention, mentions

pytestmark = pytest.mark.django_db

TEXTS = (
    "Núria Farol wrote it", "NÚRIA FAROL decided", "núria  farol", "Farol", "nobody",
    "ask MIRA@harbour.example", "mira@harbour.examples", "100% of Jon Li", "Jon Lindt",
    "李 asked",
)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("Núria Farol",), ("mira@harbour.example", "Mira Tideway"), ("Jon Li", ""), ("李",),
        ("100%",), ("",),
    ],
)  # fmt: skip
def test_the_database_finds_no_fewer_than_the_words_do(words: tuple[str, ...]) -> None:
    """`mentions` over all rows is the oracle; the database may find more, never fewer."""
    for text in TEXTS:
        Assumption.objects.create(project="x", text=text, at=timezone.now())
    found = Assumption.objects.filter(may_mention(words, ["text"]))
    assert {one.text for one in found} >= {text for text in TEXTS if mentions(text, words)}


def test_the_database_looks_first() -> None:
    for text in TEXTS:
        Assumption.objects.create(project="x", text=text, at=timezone.now())
    found = Assumption.objects.filter(may_mention(["Jon Li"], ["text"]))
    assert {one.text for one in found} == {"100% of Jon Li", "Jon Lindt"}


@pytest.mark.parametrize(
    "words", [("Núria Farol",), ('Jo "Jay" Li',), ("a\\b@harbour.example",)]
)
def test_a_list_of_texts_is_looked_through_too(words: tuple[str, ...]) -> None:
    """It is kept as JSON, which writes quotes and some letters in another way."""
    source = Source.objects.create(kind=Source.Kind.GIT, name="search", place="search")
    texts = ("by Núria Farol", 'ask Jo "Jay" Li', r"from a\b@harbour.example", "nobody")
    for text in texts:
        Reading.objects.create(source=source, started_at=timezone.now(), notes=["one", text])
    found = Reading.objects.filter(may_mention(words, ["summary", "notes"]))
    told = {row.notes[1] for row in found}
    assert {text for text in texts if mentions(text, words)} <= told < set(texts)
