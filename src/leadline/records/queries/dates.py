"""Public holidays for rules of practice, and probation dates from the roster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from leadline.connectors.working_days import holidays_of
from leadline.errors import ConnectorError
from leadline.practice.people import Person
from leadline.practice.probation import Contract, Law, ProbationFacts, load_law

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def holidays_in(workspace: Workspace, country: str, *, years: Iterable[int]) -> frozenset[date]:
    """Return a country's public holidays; none where the country is not known."""
    if not country:
        return frozenset()
    try:
        return holidays_of(country=country, years=years, cache_folder=workspace.cache)
    except ConnectorError:
        return frozenset()


def probation_facts(workspace: Workspace, people: Iterable[Person]) -> ProbationFacts:
    """Return what is known beyond the people file: contracts and holidays of first years."""
    settings = workspace.configuration.probation
    years: dict[str, set[int]] = {}
    contracts: dict[str, Contract] = {}
    for person in people:
        contracts[person.key] = Contract(
            ends_on=person.ends_on,
            role=settings.role,
            employer_size=settings.employer_size,
            works_council=settings.works_council,
        )
        if person.start_on and person.country:
            first = person.start_on.year
            years.setdefault(person.country, set()).update(range(first, first + 3))
    return ProbationFacts(
        contracts=contracts,
        holidays={
            country: holidays_in(workspace, country, years=known)
            for country, known in years.items()
        },
    )


def law_of(workspace: Workspace) -> Law:
    """Return the packaged law, with the workspace's own rows in place of its countries'."""
    own = workspace.configuration.probation.law
    return load_law(workspace.locate(own) if own else None)
