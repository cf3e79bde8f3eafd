"""Running `leadline` as its users do: in processes of its own, on a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg


def environment(*, copied: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment whose database nobody else uses.

    On SQLite the workspace's folder is enough; on PostgreSQL a new database is made, empty
    or a copy of another environment's.
    """
    variables = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    variables.pop("LEADLINE_WORKSPACE", None)
    variables.pop("DJANGO_SETTINGS_MODULE", None)
    url = variables.get("LEADLINE_DATABASE_URL")
    if url:
        name = f"leadline_{uuid.uuid4().hex}"
        like = urlsplit(copied["LEADLINE_DATABASE_URL"]).path[1:] if copied else "template1"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"'.encode())
        variables["LEADLINE_DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    return variables


def start(*arguments: str, folder: Path, variables: dict[str, str]) -> subprocess.Popen[str]:
    """Start `leadline` in a folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "leadline", *arguments],
        cwd=folder, env=variables, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def run(
    *arguments: str, folder: Path, variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `leadline` in a folder to its end."""
    process = start(*arguments, folder=folder, variables=variables or environment())
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)
