"""One row of the table of readers and changers."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.records.access.who import NOBODY, Who


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who may read and who may change one kind of record.

    Attributes
    ----------
    kind : str
        What pages and tools call it.
    readers, changers : tuple of Who
        Either may be empty: then nobody.
    models : tuple of str
        Names of the models in `leadline.records` that this row speaks of.
    audited : str
        What whoever it is about reads in their audit when somebody else opens one; empty
        where no such read is kept.
    """

    kind: str
    readers: tuple[Who, ...]
    changers: tuple[Who, ...] = NOBODY
    models: tuple[str, ...] = ()
    audited: str = ""
