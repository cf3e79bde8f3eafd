"""The secrets of one-time codes, which the sign-in library keeps in a table of its own."""

from __future__ import annotations

from collections.abc import Callable

from django.apps import apps
from django.db import connection

from leadline.errors import ConfigurationError

TABLE = "mfa_authenticator"
SECRETS = ("secret", "seed")
"""Keys of a row's JSON that hold one sealed text; `migrated_codes` holds a list of them."""


def each_code(change: Callable[[str], str]) -> int:
    """Replace every sealed secret of codes by what `change` makes of it.

    Returns
    -------
    int
        How many there are.

    Raises
    ------
    ConfigurationError
        There are accounts here, and the part that keeps them is not loaded: their codes
        would stay sealed with a key that is about to be forgotten.
    """
    if not apps.is_installed("allauth.mfa"):
        if TABLE in connection.introspection.table_names():
            raise ConfigurationError(
                "this workspace has accounts with codes, and the pages are not installed here",
                hint="pip install 'leadline[web]' and do it again; nothing was changed.",
            )
        return 0
    n_codes = 0
    for row in apps.get_model("mfa", "Authenticator").objects.select_for_update():
        data = dict(row.data)
        for key in SECRETS:
            if key in data:
                data[key] = change(data[key])
                n_codes += 1
        if "migrated_codes" in data:
            data["migrated_codes"] = [change(code) for code in data["migrated_codes"]]
            n_codes += len(data["migrated_codes"])
        if data != row.data:
            row.data = data
            row.save(update_fields=["data"])
    return n_codes
