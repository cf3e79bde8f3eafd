"""Codes that stand for people in addresses of pages: an address of a page names nobody.

Servers in front, browsers and error reports keep addresses of pages. A code is worked out from
somebody's e-mail address and the workspace's key: it is the same every day, and nobody without
the key can tell whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.crypto import salted_hmac

from leadline.records.models import Person
from leadline.web.workspaces import current_workspace

_SALT = "leadline person in an address"
_LENGTH = 16
"""64 bits: two people of a company never share one."""


def code_of(address: str) -> str:
    """Return the code of an e-mail address."""
    digest = salted_hmac(_SALT, address.strip().lower(), algorithm="sha256").hexdigest()
    return digest[:_LENGTH]


def address_behind(code: str) -> str:
    """Return the e-mail address that a code stands for; what is no such code, as it is."""
    return next((known for known in _known() if code_of(known) == code), code)


def _known() -> Iterator[str]:
    """Yield the key of everybody on the roster, and the lead's."""
    yield current_workspace().configuration.lead.emails[0].lower()
    yield from Person.objects.values_list("key", flat=True)
