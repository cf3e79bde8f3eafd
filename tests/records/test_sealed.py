"""Sealed text: not in the database, not to be searched, and never lost by rotating keys."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from leadline.errors import ConfigurationError
from leadline.records.actions.one_on_ones import write_note
from leadline.records.models import PrivateNote
from leadline.records.sealed import VARIABLE, check, reseal, rotate_keys, sealed_columns
from tests.records.people import INES, MIRA, NOW

pytestmark = pytest.mark.django_db
SECRET = "she wants to move to Lisbon"


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose keys stand in a file."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("LEADLINE_WORKSPACE", str(tmp_path))
    return tmp_path / ".leadline" / "sealing.keys"


def note() -> PrivateNote:
    return write_note(MIRA, by=INES, text=SECRET, at=NOW)


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM records_privatenote")
        return str(cursor.fetchone()[0])


def test_the_database_holds_no_word_of_it(keys: Path) -> None:
    note()
    assert "Lisbon" not in stored()
    assert PrivateNote.objects.get().text == SECRET
    assert check() == 1
    assert SECRET not in f"{PrivateNote.objects.get()!r} {PrivateNote.objects.get()}"


def test_the_key_is_made_by_the_first_use_for_its_owner_alone(keys: Path) -> None:
    assert not keys.exists()
    note()
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert len(keys.read_text().split()) == 1


def test_a_sealed_column_cannot_be_searched_or_sorted_into(keys: Path) -> None:
    for lookup in ("text", "text__contains", "text__icontains", "text__in", "text__length"):
        with pytest.raises(FieldError, match="sealed"):
            PrivateNote.objects.filter(**{lookup: "Lisbon"})
    assert not PrivateNote.objects.filter(text__isnull=True).exists()


def test_rotation_changes_key_and_text_and_keeps_what_was_said(keys: Path) -> None:
    note()
    key, text = keys.read_text(), stored()
    assert rotate_keys() == 1
    assert keys.read_text().split() != key.split()
    assert len(keys.read_text().split()) == 1
    assert stored() != text
    assert PrivateNote.objects.get().text == SECRET


def test_a_rotation_that_is_killed_half_way_loses_nothing(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note()

    def killed() -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("leadline.records.sealed.reseal", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate_keys()
    assert len(keys.read_text().split()) == 2
    assert PrivateNote.objects.get().text == SECRET
    assert rotate_keys() == 1
    assert PrivateNote.objects.get().text == SECRET


def test_a_lost_key_is_said_and_no_new_one_is_made(keys: Path) -> None:
    note()
    kept = keys.read_text()
    keys.unlink()
    with pytest.raises(ConfigurationError, match="their key is not there"):
        PrivateNote.objects.get()
    assert not keys.exists()
    keys.write_text(kept)
    keys.chmod(0o600)
    assert PrivateNote.objects.get().text == SECRET


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no key at all\n", "a key in .* is none: 32 bytes"),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "its key is not among those in"),
    ],
)
def test_a_wrong_key_is_said_without_a_trace(keys: Path, text: str, message: str) -> None:
    note()
    keys.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        PrivateNote.objects.get()


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_that_others_can_read_is_refused(keys: Path) -> None:
    note()
    keys.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        note()


def test_keys_in_the_environment_are_used_newest_first_and_not_rotated(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note()
    old = keys.read_text().strip()
    new = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    monkeypatch.setenv(VARIABLE, f"{new}, {old}")
    assert reseal() == 1
    with pytest.raises(ConfigurationError, match="which Leadline cannot change"):
        rotate_keys()
    monkeypatch.setenv(VARIABLE, new)
    assert PrivateNote.objects.get().text == SECRET


def test_what_is_sealed_is_what_only_few_may_read() -> None:
    names = {
        f"{model.__name__}.{name}" for model, columns in sealed_columns() for name in columns
    }
    assert names == {
        "Feedback.situation",
        "Feedback.behaviour",
        "Feedback.impact",
        "Feedback.question",
        "Feedback.answer",
        "PrivateNote.text",
        "InterviewAnswer.heard",
    }
