"""Django settings of a workspace; referred to by name only.

`LEADLINE_WORKSPACE` names the folder, `LEADLINE_DATABASE_URL` a PostgreSQL database to use
instead of the SQLite file in it. Both are read when Django starts.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from leadline.errors import ConfigurationError


def pages_url() -> str:
    """Return the address at which people open the pages: `LEADLINE_URL`, or loopback."""
    return os.environ.get("LEADLINE_URL", "http://127.0.0.1:8765").rstrip("/")


def sqlite_database(folder: Path) -> dict[str, Any]:
    """Return the settings of the SQLite file in a workspace's state folder."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / ".leadline" / "leadline.sqlite3",
        "OPTIONS": {
            # A writer takes its lock at the start and waits for another's: nothing is lost.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # What is purged is overwritten, not only unlinked. Ten years fit into what is
            # mapped: a search reads them from memory, at half the time.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
                "PRAGMA mmap_size=268435456;"
            ),
        },
    }


def postgresql_database(url: str) -> dict[str, Any]:
    """Return the settings of the PostgreSQL database at `url`.

    Raises
    ------
    ConfigurationError
        The URL names no PostgreSQL database; the URL itself is not repeated, it may
        hold a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2:
        raise ConfigurationError(
            f"LEADLINE_DATABASE_URL starts with {parts.scheme!r} and cannot be used",
            hint="It looks like postgresql://user:password@host:5432/database.",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        # Signing in to a server takes as long as half a page; a file is opened at once.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


_url = os.environ.get("LEADLINE_DATABASE_URL", "")
_folder = Path(os.environ.get("LEADLINE_WORKSPACE", ""))

DATABASES = {"default": postgresql_database(_url) if _url else sqlite_database(_folder)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["leadline.records"]
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING_CONFIG = None

# Nothing is signed by the command line; a web side will read its key from a file.
SECRET_KEY = os.environ.get("LEADLINE_SECRET_KEY") or secrets.token_urlsafe(64)
