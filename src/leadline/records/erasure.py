"""Recognising people who were purged, without keeping who they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from leadline.records.models import Erasure


def address_hash(address: str) -> str:
    """Return what is kept of a purged address: enough to recognise it, not to read it."""
    return hashlib.sha256(f"leadline erasure {address.strip().lower()}".encode()).hexdigest()


class ErasedAddresses:
    """The addresses that were purged; only membership can be asked."""

    def __init__(self, hashes: Iterable[str]) -> None:
        self._hashes = frozenset(hashes)

    def __contains__(self, address: object) -> bool:
        return bool(self._hashes) and address_hash(str(address)) in self._hashes

    def intersection(self, addresses: Iterable[str]) -> set[str]:
        """Return those of `addresses` that were purged."""
        return {address for address in addresses if address in self}


def erased_addresses() -> ErasedAddresses:
    """Return the addresses that sources may still name and Leadline leaves out."""
    return ErasedAddresses(Erasure.objects.values_list("address_hash", flat=True))
