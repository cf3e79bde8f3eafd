"""Running `leadline` as its users do: in processes of its own, on a database of its own.

`run` starts from a copy of a process that has imported the libraries already, and of Leadline
the layers that know neither a workspace nor a database: hundreds of runs would spend most of
their time importing.
`start` is a new process in every respect, for what is killed or served.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import pkgutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from leadline import connectors, practice

PREPARED = multiprocessing.get_context("forkserver")
PREPARED.set_forkserver_preload(
    [
        "altair", "click", "cryptography.fernet", "django.core.mail",
        "django.core.management", "django.db.backends.postgresql.base",
        "django.db.backends.sqlite3.base", "django.db.migrations.recorder",
        "django.db.models", "django.http", "django.urls", "duckdb", "filelock", "holidays",
        "icalendar", "msgspec", "numpy", "pandas", "psycopg", "recurring_ical_events",
        "rich.console", "rich.progress", "rich.table", "scipy.optimize", "scipy.stats",
        "sklearn.ensemble", "sklearn.model_selection", "sqlglot", "vl_convert",
        "leadline.demo", "leadline.library.audit", "leadline.library.watch_workspace",
        *(
            module.name
            for package in (practice, connectors)
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        ),
    ]
)  # fmt: skip


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
    with tempfile.TemporaryDirectory(prefix="said-") as place:
        said = [str(Path(place, name)) for name in ("out", "err")]
        process = PREPARED.Process(
            target=_run_here, args=(arguments, str(folder), variables or environment(), said)
        )
        process.start()
        process.join(timeout=120)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, 120)
        out, err = (Path(name).read_text(encoding="utf-8") for name in said)
    return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


def _run_here(
    arguments: tuple[str, ...], folder: str, variables: dict[str, str], said: list[str]
) -> None:
    """Become `leadline`: its folder, its environment, its streams, its end."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    for number, name in ((0, os.devnull), (1, said[0]), (2, said[1])):
        opened = os.open(name, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False)
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    sys.argv = ["leadline", *arguments]
    from leadline.cli.main import main

    try:
        main(list(arguments))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        atexit._run_exitfuncs()
