"""What the engine may know about one contract, and about days somebody was away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from leadline.errors import InputError

ContractKind = Literal["permanent", "fixed-term"]
RoleClass = Literal["manual", "employee", "technician", "professional", "manager", "executive"]
NextContract = Literal["under-6-months", "6-to-12-months", "longer-or-permanent"]
AbsenceKind = Literal["illness", "accident", "parental", "leave", "holiday", "duty", "other"]


def _allowed(*, name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise InputError(f"{name} is {value!r}; allowed are {', '.join(allowed)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """What is known about a contract; None means not known, and the engine asks.

    Attributes
    ----------
    signed_on : date or None
        Picks the version of the law; the start date stands in, said as an assumption.
    kind : "permanent", "fixed-term" or None
        None without `ends_on` is read as permanent, said as an assumption.
    ends_on : date or None
        Last day of a fixed term.
    role : RoleClass or None
        "manual"; "employee" (clerical); "technician" (or supervisor); "professional"
        (a degree or technical complexity: most data scientists, a French cadre);
        "manager" (leads people); "executive".
    employer_size : int or None
        Employees of the employer.
    next_contract : NextContract or None
        Poland: what the employer intends after the trial contract.
    works_council : bool or None
        Whether one must be heard before notice. None keeps the time for it.
    absence_extends : bool or None
        Where the law wants it agreed or told in writing: whether it was.
    agreed_months : int or None
        The probation the contract itself agrees, where that is shorter than the law's.
    agreed_notice_days : int or None
        Notice inside probation that the contract agrees, where longer than the law's.
    """

    signed_on: date | None = None
    kind: ContractKind | None = None
    ends_on: date | None = None
    role: RoleClass | None = None
    employer_size: int | None = None
    next_contract: NextContract | None = None
    works_council: bool | None = None
    absence_extends: bool | None = None
    agreed_months: int | None = None
    agreed_notice_days: int | None = None

    def __post_init__(self) -> None:
        _allowed(name="kind", value=self.kind, allowed=get_args(ContractKind))
        _allowed(name="role", value=self.role, allowed=get_args(RoleClass))
        _allowed(name="next_contract", value=self.next_contract, allowed=get_args(NextContract))
        for name in ("agreed_months", "agreed_notice_days", "employer_size"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} is {value}; at least 1 is needed, or leave it out")

    @property
    def effective_kind(self) -> ContractKind | None:
        """The kind, where a contract without an end date counts as permanent."""
        if self.kind is None and self.ends_on is None:
            return "permanent"
        return self.kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """Whole days away, first and last included."""

    first_on: date
    last_on: date
    kind: AbsenceKind = "illness"

    def __post_init__(self) -> None:
        _allowed(name="absence kind", value=self.kind, allowed=get_args(AbsenceKind))
        if self.last_on < self.first_on:
            raise InputError(
                f"an absence ends on {self.last_on}, before it begins on {self.first_on}"
            )
