"""Django settings of a workspace; referred to by name only."""

from __future__ import annotations

SECRET_KEY = "replaced-when-a-workspace-opens"  # noqa: S105
USE_TZ = True
INSTALLED_APPS: list[str] = []
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
