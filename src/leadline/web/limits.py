"""How often one address may ask for what needs no account."""

from __future__ import annotations

from datetime import timedelta

from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import cache
from django.http import HttpRequest


def asked_too_often(request: HttpRequest, what: str, *, per_minute: int) -> bool:
    """Count what an address asks for in a minute; secrets are long, this keeps logs short."""
    key = f"{what}:{get_client_ip(request) or ''}"
    cache.add(key, 0, timeout=timedelta(minutes=1).seconds)
    try:
        return bool(cache.incr(key) > per_minute)
    except ValueError:
        return False
