"""What sources and tables show of a month, and of a project that is proposed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from shlex import quote
from typing import TYPE_CHECKING

from django.db.models import Q

from leadline.errors import InputError
from leadline.findings import Receipt
from leadline.practice.charter import Charter
from leadline.practice.recent_changes import Change
from leadline.practice.reports import (
    Agreed,
    Came,
    Concluded,
    Draft,
    Due,
    Month,
    Moved,
    ProposalFacts,
    Sentence,
    Sum,
    Verdict,
    month_report,
    proposal,
)
from leadline.practice.reports.month import as_sentence
from leadline.records.models import Decision
from leadline.records.narrowing import narrowed
from leadline.records.queries.experiments import KeptClaim, KeptExperiments, kept_experiments
from leadline.records.queries.project_facts import ProjectFacts, slug_of
from leadline.records.queries.project_notes import ideas_of, next_look_on, recent_changes_of_all
from leadline.records.queries.projects import (
    ProjectPage,
    ProjectRow,
    project_page,
    project_rows,
)
from leadline.records.queries.sources import source_states
from leadline.records.queries.team import team

if TYPE_CHECKING:
    from leadline.workspace import Workspace

AHEAD = timedelta(days=31)
"""How far a report looks ahead."""


def report_of_month(workspace: Workspace, *, month: date, today: date, at: datetime) -> Draft:
    """Draft the report of a month from what was last read.

    Parameters
    ----------
    workspace : Workspace
        Whose.
    month : date
        Any day of it; of the month of `today` it reports up to today.
    today : date
        The day to report on.
    at : datetime
        Now, to tell a reading that runs from one that was killed.

    Raises
    ------
    InputError
        The month has not begun, or nothing was read yet.
    """
    sources = source_states(at=at)
    if not sources:
        raise InputError("nothing was read yet", hint="`leadline sync` reads every source.")
    since = month.replace(day=1)
    if since > today:
        raise InputError(
            f"{month:%Y-%m} has not begun on {today}", hint="Name this month or one before it."
        )
    until = min((since + timedelta(days=31)).replace(day=1) - timedelta(days=1), today)
    experiments, rows = kept_experiments(), project_rows()
    decisions = _decisions(since=since, until=until)
    facts = Month(
        since=since,
        until=until,
        concluded=tuple(
            _concluded(experiments, lambda one: since <= (one.concluded_on or since) <= until)
        ),
        verdicts=tuple(_verdicts(experiments)) if until == today else (),
        sums=tuple(_sums(experiments)),
        moved=tuple(_moved(rows, since=since, until=until)),
        agreed=tuple(_agreed(one) for one in decisions if since <= one.decided_on <= until),
        came=tuple(_came(workspace, since=since, until=until)),
        due=tuple(sorted(_due(rows, decisions, after=until), key=lambda one: one.on)),
        unread=tuple(one.name for one in sources if one.failure),
    )
    return month_report(facts)


def proposal_of(page: ProjectPage, *, today: date) -> Draft:
    """Draft the proposal of a project from its page."""
    facts = page.row.facts
    return proposal(
        ProposalFacts(
            project=facts.name,
            as_of=today,
            charter=facts.charter or Charter(),
            loop=page.row.loop,
            diagnosis=page.diagnosis,
            tried=tuple(_tried(page)),
            ideas=tuple(_ideas(facts.name, today=today)),
            receipt=_of_project(page.row, on=page.read_for),
        )
    )


def proposal_named(name: str, *, today: date) -> Draft:
    """Draft the proposal of the project that has a name.

    Raises
    ------
    InputError
        No project that was read has it.
    """
    page = project_page(slug_of(name))
    if page is None or page.row.facts.name != name:
        known = (
            ", ".join(row.facts.name for row in project_rows())
            or "none was read yet: `leadline sync`"
        )
        raise InputError(f"no project is named {name!r}", hint=f"Projects: {known}")
    return proposal_of(page, today=today)


def _tried(page: ProjectPage) -> Iterator[Sentence]:
    """Write a project's ended experiments as the report of a month does, newest first."""
    ended = _concluded(kept_experiments(), frozenset(page.claims).__contains__)
    yield from map(as_sentence, sorted(ended, key=lambda one: one.on, reverse=True))


def _ideas(project: str, *, today: date) -> Iterator[Sentence]:
    receipt = Receipt(
        source="ideas", place=project, as_of=today, command=f"leadline report {quote(project)}"
    )
    for idea in ideas_of(project).filter(closings=None):
        condition = f", if {idea.condition}" if idea.condition else ""
        yield Sentence(text=f"{idea.text.rstrip('.')}{condition}.", receipt=receipt)


def _concluded(
    experiments: Mapping[str, KeptExperiments], is_wanted: Callable[[KeptClaim], bool]
) -> Iterator[Concluded]:
    """Yield those experiments that ended and are wanted."""
    for place, kept in experiments.items():
        receipt = _of_table(place, on=kept.today)
        for claim in kept.claims:
            if claim.concluded_on and is_wanted(claim):
                yield Concluded(
                    experiment=claim.experiment,
                    metric=claim.metric,
                    change=claim.change,
                    is_claimed=claim.is_claimed,
                    stands=claim.stands,
                    reason=claim.reasons[0] if claim.reasons else "",
                    on=claim.concluded_on,
                    receipt=receipt,
                )


def _verdicts(experiments: Mapping[str, KeptExperiments]) -> Iterator[Verdict]:
    for place, kept in experiments.items():
        if kept.verdict:
            command = f"leadline experiments analyze {quote(place)}"
            receipt = Receipt(
                source="experiments", place=place, as_of=kept.today, command=command
            )
            yield Verdict(
                experiment=kept.name, verdict=kept.verdict, reason=kept.reason, receipt=receipt
            )


def _sums(experiments: Mapping[str, KeptExperiments]) -> Iterator[Sum]:
    for place, kept in experiments.items():
        for total in kept.totals:
            if total.group == "all":
                yield Sum(
                    metric=total.metric,
                    n_experiments=total.n_experiments,
                    n_stand=total.n_stand,
                    claimed=total.claimed,
                    believed=total.believed,
                    lower=total.lower,
                    upper=total.upper,
                    receipt=_of_table(place, on=kept.today),
                )


def _moved(rows: tuple[ProjectRow, ...], *, since: date, until: date) -> Iterator[Moved]:
    changes: defaultdict[str, list[Change]] = defaultdict(list)
    for one in recent_changes_of_all():
        if since <= one.on <= until:
            changes[one.repository].append(one)
    for row in rows:
        facts = row.facts
        days = [one.on for one in changes[facts.repository] if _is_inside(one, facts)]
        if facts.last_on and since <= facts.last_on <= until:
            days.append(facts.last_on)
        if days:
            yield Moved(
                project=facts.name,
                user=facts.charter.user if facts.charter else "",
                held_back_by=row.held_back_by.stage.value if row.held_back_by else "",
                last_on=max(days),
                receipt=_of_project(row, on=until),
            )


def _is_inside(change: Change, facts: ProjectFacts) -> bool:
    folder = f"{facts.folder}/" if facts.folder else ""
    return any(path.startswith(folder) for path in change.paths)


def _decisions(*, since: date, until: date) -> list[Decision]:
    """Return what was decided in a month, and what may be looked at again after it."""
    ahead = (until, until + AHEAD)
    wanted = (
        Q(decided_on__range=(since, until))
        | Q(revisit_on__range=ahead)
        | Q(reviews__revisit_on__range=ahead)
    )
    found = narrowed(Decision.objects.all(), wanted)
    return list(found.prefetch_related("reviews").order_by("decided_on", "pk"))


def _agreed(one: Decision) -> Agreed:
    return Agreed(
        project=one.project,
        what=one.text,
        on=one.decided_on,
        receipt=_of_decision(one),
    )


def _came(workspace: Workspace, *, since: date, until: date) -> Iterator[Came]:
    place = workspace.configuration.people.file if workspace.configuration.people else ""
    for person in team(workspace, today=until).people:
        for on, joined in ((person.start_on, True), (person.ends_on, False)):
            if on and since <= on <= until:
                command = f"leadline people {person.emails[0]}"
                receipt = Receipt(
                    source="people file", place=place, as_of=until, command=command
                )
                yield Came(name=person.name, on=on, joined=joined, receipt=receipt)


def _due(
    rows: tuple[ProjectRow, ...], decisions: list[Decision], *, after: date
) -> Iterator[Due]:
    for row in rows:
        on = row.facts.decision_on
        if on and after < on <= after + AHEAD:
            receipt = _of_project(row, on=after)
            yield Due(what=f"a decision on {row.facts.name}.", on=on, receipt=receipt)
    for one in decisions:
        on = next_look_on(one)
        if on and after < on <= after + AHEAD:
            what = f"look again at “{one.text.rstrip('.')}”."
            yield Due(what=what, on=on, receipt=_of_decision(one))


def _of_table(place: str, *, on: date) -> Receipt:
    command = f"leadline audit {quote(place)}"
    return Receipt(source="experiments", place=place, as_of=on, command=command)


def _of_project(row: ProjectRow, *, on: date) -> Receipt:
    place = f"{row.facts.repository}@{row.facts.head}" if row.facts.head else row.facts.name
    command = f"leadline projects {quote(row.facts.name)}"
    return Receipt(source="git", place=place, as_of=on, command=command)


def _of_decision(one: Decision) -> Receipt:
    return Receipt(
        source="decisions log",
        place=one.project or "the team's",
        as_of=one.decided_on,
        command="leadline up",
    )
