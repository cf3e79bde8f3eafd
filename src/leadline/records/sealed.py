"""Text that the database holds only encrypted: private notes, drafts, interview notes.

The keys are not in the database: `LEADLINE_SEALING_KEYS` (newest first, separated by
commas), or a file beside it that only its owner can read. Nothing can be searched in a
sealed column: a lookup is refused before it reaches the database.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldError
from django.db import models, transaction

from leadline.errors import ConfigurationError
from leadline.records.sealed_codes import each_code

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

VARIABLE = "LEADLINE_SEALING_KEYS"
FILE_NAME = "sealing.keys"


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that is encrypted on its way into the database and opened on its way out."""

    description = "Encrypted text"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt a text; what is not there stays so."""
        return None if value is None else seal_text(str(value))

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Open a text."""
        return None if value is None else open_text(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every lookup but for whether there is a text at all."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is sealed; it cannot be searched")

    def get_transform(self, lookup_name: str) -> Any:
        """Refuse what would look into the text."""
        raise FieldError(f"{self.name} is sealed; {lookup_name!r} cannot be asked of it")


def seal_text(text: str) -> str:
    """Encrypt one text with the newest key."""
    return _box().encrypt(text.encode()).decode()


def open_text(sealed: str) -> str:
    """Decrypt one text.

    Raises
    ------
    ConfigurationError
        No key that is known opens it; nothing is lost, the key is missing.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - slow to load

    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise ConfigurationError(
            f"a sealed text cannot be opened: its key is not among those in {_place()}",
            hint=f"Put the key back, in that file or in {VARIABLE}; a backup of the workspace "
            "folder has it. Nothing was changed.",
        ) from None


def rotate_keys() -> int:
    """Seal everything anew with a new key and forget the old ones; returns how many texts.

    A process that is killed half-way leaves both keys in place, and everything readable.

    Raises
    ------
    ConfigurationError
        The keys stand in the environment, where only whoever set them can change them, or
        one of the texts cannot be opened.
    """
    from cryptography.fernet import Fernet  # noqa: PLC0415 - slow to load

    if os.environ.get(VARIABLE):
        raise ConfigurationError(
            f"the keys stand in {VARIABLE}, which Leadline cannot change",
            hint="Put a new key in front there, rotate by `leadline keys --reseal`, then "
            "take the old one out.",
        )
    old = _keys()
    check()
    new = Fernet.generate_key().decode()
    _write([new, *old])
    n_texts = reseal()
    _write([new])
    return n_texts


def reseal() -> int:
    """Seal every text with the newest key, in one transaction; returns how many."""
    n_texts = 0
    with transaction.atomic():
        for model, fields in sealed_columns():
            for row in model._default_manager.only("pk", *fields).select_for_update():  # noqa: SLF001
                row.save(update_fields=fields)
                n_texts += len(fields)
        n_texts += each_code(lambda sealed: seal_text(open_text(sealed)))
    return n_texts


def check() -> int:
    """Open every sealed text and return how many there are.

    Raises
    ------
    ConfigurationError
        One of them cannot be opened.
    """
    n_texts = sum(
        getattr(row, name) is not None
        for model, fields in sealed_columns()
        for row in model._default_manager.only("pk", *fields)  # noqa: SLF001
        for name in fields
    )
    with transaction.atomic():
        return n_texts + each_code(_opens)


def _opens(sealed: str) -> str:
    open_text(sealed)
    return sealed


def sealed_columns() -> list[tuple[type[models.Model], list[str]]]:
    """Return every model with sealed columns, and their names."""
    found = []
    for model in apps.get_app_config("records").get_models():
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, SealedTextField)]  # noqa: SLF001
        if names:
            found.append((model, names))
    return found


def _box() -> MultiFernet:
    return _box_of(tuple(_keys()))


@lru_cache(maxsize=4)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - slow to load

    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ConfigurationError(
            f"a key in {_place()} is none: 32 bytes in URL-safe base64 are needed",
            hint="Put the right file back from a backup; without it sealed texts stay shut.",
        ) from None


def _keys() -> Sequence[str]:
    """Return the keys, newest first; the first use makes one."""
    given = os.environ.get(VARIABLE, "")
    if given:
        return [key.strip() for key in given.split(",") if key.strip()]
    file = _file()
    try:
        state = file.stat()
    except FileNotFoundError:
        return _first_key()
    _check_private(file, state.st_mode)
    return _read_keys(file, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=4)
def _read_keys(file: Path, changed_at: int, inode: int) -> Sequence[str]:  # noqa: ARG001
    """Read the keys once until the file is another one."""
    return file.read_text(encoding="ascii", errors="replace").split()


def _first_key() -> Sequence[str]:
    """Make the first key; refuse where sealed texts are there already: theirs was lost."""
    from cryptography.fernet import Fernet  # noqa: PLC0415 - slow to load

    if any(model._default_manager.exists() for model, _ in sealed_columns()):  # noqa: SLF001
        raise ConfigurationError(
            f"sealed texts are in the database and their key is not there: {_place()}",
            hint=f"Put the file back from a backup, or set {VARIABLE}. A new key would not "
            "open them.",
        )
    keys = [Fernet.generate_key().decode()]
    _write(keys)
    return keys


def _check_private(file: Path, mode: int) -> None:
    if os.name == "posix" and mode & 0o077:
        raise ConfigurationError(
            f"{file} can be read by others than its owner",
            hint=f"chmod 600 {file}",
        )


def _write(keys: Sequence[str]) -> None:
    """Replace the file as a whole, so that a crash leaves the old or the new one."""
    file = _file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write("\n".join(keys) + "\n")
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)


def _file() -> Path:
    return _file_in(os.environ.get("LEADLINE_WORKSPACE", ""))


@lru_cache(maxsize=4)
def _file_in(workspace: str) -> Path:
    return Path(workspace) / ".leadline" / FILE_NAME


def _place() -> str:
    return VARIABLE if os.environ.get(VARIABLE) else str(_file())
