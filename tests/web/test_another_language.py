"""A reader's language changes words, plurals, days and numbers, by a catalogue of gettext."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings

from leadline.web.navigation import MENU
from tests.web.conftest import LEAD, Browsers

GERMAN: dict[str | tuple[str, str], str | tuple[str, str]] = {
    "Brief": "Lagebericht", "Projects": "Projekte", "Experiments": "Experimente",
    "Reading": "Lesen", "Report": "Bericht", "People": "Menschen",
    "One-on-ones": "Gespräche zu zweit", "First 90 days": "Die ersten 90 Tage",
    "Feedback": "Rückmeldung", "Growth": "Entwicklung", "Hiring": "Einstellen",
    "Leaving": "Abschied", "Pulse": "Puls", "Waiting on you": "Wartet auf dich",
    "Mine": "Meins", "Search": "Suche", "Settings": "Einstellungen",
    "Skip to the content": "Zum Inhalt springen", "Menu": "Menü", "open:": "offen:",
    "Passkeys and codes": "Passkeys und Codes", "Sign out": "Abmelden",
    "Answer": "Antworten", "Dismiss": "Verwerfen", "Snooze a week": "Eine Woche ruhen lassen",
    "This is wrong": "Das stimmt nicht", "by": "bis", "as of": "Stand",
    "with a reason or a day": "mit Grund oder Tag", "Looked at": "Angesehen",
    "Read all sources now": "Alle Quellen jetzt lesen", "Earlier briefs": "Frühere Berichte",
    "Readers:": "Lesen dürfen:", "the lead": "die Leitung",
    ("One thing needs you", "%(words)s things need you"):
        ("Eine Sache braucht dich", "%(words)s Dinge brauchen dich"),
    ("Receipt", "%(n)s receipts"): ("Beleg", "%(n)s Belege"),
    ("One more stands", "%(n)s more stand"): ("Eine weitere gilt", "%(n)s weitere gelten"),
}  # fmt: skip
"""The menu and the brief. A whole language is made by `make messages`."""

HEADER = (
    "Content-Type: text/plain; charset=UTF-8\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)  # fmt: skip


@pytest.fixture
def german(tmp_path: Path, settings: Settings) -> None:
    """Put the words where Django looks for them, in the form that `msgfmt` writes."""
    file = tmp_path / "de" / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(compiled({"": HEADER, **GERMAN}))
    settings.LOCALE_PATHS = [tmp_path]


def compiled(words: dict[str | tuple[str, str], str | tuple[str, str]]) -> bytes:
    """Write the binary form of a catalogue: tables of lengths and places, then the texts."""
    pairs = sorted((_bytes(said), _bytes(meant)) for said, meant in words.items())
    n, texts = len(pairs), b""
    tables: list[bytes] = []
    for side in (0, 1):
        rows = b""
        for pair in pairs:
            rows += struct.pack("<2I", len(pair[side]), 28 + 16 * n + len(texts))
            texts += pair[side] + b"\0"
        tables.append(rows)
    head = struct.pack("<7I", 0x950412DE, 0, n, 28, 28 + 8 * n, 0, 0)
    return head + b"".join(tables) + texts


def _bytes(text: str | tuple[str, str]) -> bytes:
    return ("\0".join(text) if isinstance(text, tuple) else text).encode()


def page(browser: Browsers, url: str, language: str) -> str:
    answer = browser(LEAD).get(url, headers={"accept-language": language})
    translation.deactivate()
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


@pytest.mark.usefixtures("german")
def test_the_brief_and_the_menu_are_in_the_readers_language(browser: Browsers) -> None:
    shown = page(browser, "/brief/", "de-AT,de;q=0.9,en;q=0.1")
    assert '<html lang="de">' in shown
    words = re.sub(r"<[^>]*>", "\n", shown)
    lines = {line.strip() for line in words.splitlines()}
    assert {GERMAN[str(one.label)] for group in MENU for one in group} <= lines
    assert "Montag, 23. November 2026" in words
    assert re.search(r"^(Eine Sache braucht|\w+ Dinge brauchen) dich$", words, re.MULTILINE)
    assert {"Antworten", "Angesehen", "Alle Quellen jetzt lesen", "Lesen dürfen:"} <= lines
    assert not lines & {"Answer", "Looked at", "Read all sources now", "Readers:", "Brief"}
    assert re.search(r"\d{1,2}\. [A-Z]\w+ 2026", words)  # days within sentences


@pytest.mark.usefixtures("german")
def test_whoever_reads_english_is_not_touched(browser: Browsers) -> None:
    shown = page(browser, "/brief/", "en-GB")
    assert '<html lang="en-gb">' in shown
    assert not [word for word in ("Lagebericht", "Angesehen", "Belege") if word in shown]
    assert "Monday, 23 Nov 2026" in shown


def test_numbers_follow_the_reader_also_where_no_word_is_translated(
    at_work: Browsers,
) -> None:
    """German writes 1.234 and 0,5 where English writes 1,234 and 0.5 (CLDR)."""
    german, english = (page(at_work, "/experiments/", one) for one in ("de", "en-GB"))
    assert re.search(r'data-label="n">\d+\.\d{3}<', german)
    assert re.search(r'data-label="n">\d+,\d{3}<', english)
    assert re.search(r"\+\d+,\d+", german)
    assert re.search(r"\+\d+\.\d+", english)
