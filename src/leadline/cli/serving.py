"""The pages served by gunicorn, in this process and two workers."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

WORKERS = 2
THREADS = 8
"""Requests that each worker answers at the same time."""


def serve_pages(host: str, port: int, *, ready: Callable[[], object]) -> None:
    """Serve until Ctrl-C or a termination signal.

    Parameters
    ----------
    ready : callable
        Called once, when somebody listens.
    """
    from django.db import connections
    from gunicorn.app.base import BaseApplication

    connections.close_all()  # workers open their own

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            settings = {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": WORKERS,
                "threads": THREADS,
                "worker_class": "gthread",
                "preload_app": True,
                "timeout": 120,
                "graceful_timeout": 5,
                "proc_name": "leadline",
                "loglevel": "warning",
                "accesslog": None,
                "when_ready": lambda _: ready(),
            }
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return _prepared()

    Server().run()


def _prepared() -> Any:
    """Return the pages with everything read and imported that every worker needs.

    The workers begin as copies of this process, so that nobody waits for it once more.
    """
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from django.urls import get_resolver

    from leadline.records.queries.read_ahead import read_ahead

    pages = get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018 - imports every view
    read_ahead()
    connections.close_all()
    gc.collect()
    gc.freeze()  # what was imported stays; no collection needs to walk through it
    return pages
