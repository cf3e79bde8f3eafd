"""Pages of experiments: worked out when first asked for, then kept until the next reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from leadline.records.models import Reading, Source
from leadline.records.queries.kept_pages import kept_page
from leadline.records.queries.project_facts import slug_of

if TYPE_CHECKING:
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Experiments


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentSource:
    """One `[[experiments]]` of the workspace file.

    Attributes
    ----------
    name, slug : str
        Its place as the file has it, and its name in addresses.
    is_plan : bool
        Whether it is the plan of one experiment, or a table of many.
    """

    name: str
    slug: str
    is_plan: bool


def experiment_sources(workspace: Workspace) -> tuple[ExperimentSource, ...]:
    """Return the tables and plans that the workspace file names, in its order."""
    return tuple(_source(one) for one in workspace.configuration.experiments)


def experiment_source(workspace: Workspace, slug: str) -> ExperimentSource | None:
    """Return one of them by its name in addresses; None where there is none."""
    return next((one for one in experiment_sources(workspace) if one.slug == slug), None)


def audit_html(workspace: Workspace, source: ExperimentSource, *, today: date) -> str:
    """Return which claims of a table stand, as a part of a page.

    Raises
    ------
    LeadlineError
        The table cannot be read any more.
    """
    return _kept(workspace, source, "audit", today=today, write=_audit)


def readout_html(workspace: Workspace, source: ExperimentSource, *, today: date) -> str:
    """Return what an experiment with a plan came to, as a part of a page.

    Raises
    ------
    LeadlineError
        The plan or its table cannot be read any more.
    """
    return _kept(workspace, source, "readout", today=today, write=_readout)


def impact_html(workspace: Workspace, source: ExperimentSource, *, today: date) -> str:
    """Return what the changes of a table brought, as a part of a page to forward.

    Raises
    ------
    LeadlineError
        The table has no such sum: several metrics, or nothing concluded.
    """
    return _kept(workspace, source, "impact", today=today, write=_impact)


def _source(one: Experiments) -> ExperimentSource:
    name = one.file or one.plan
    return ExperimentSource(name=name, slug=slug_of(name), is_plan=bool(one.plan))


def _audit(workspace: Workspace, source: ExperimentSource, *, today: date) -> str:
    from leadline.library.pages import audit_fragment  # noqa: PLC0415 - statistics import slowly
    from leadline.records.readers.experiment_tables import audit_of  # noqa: PLC0415

    return audit_fragment(audit_of(workspace, _setting(workspace, source), today=today))


def _readout(workspace: Workspace, source: ExperimentSource, *, today: date) -> str:
    from leadline.library.pages import readout_fragment  # noqa: PLC0415
    from leadline.records.readers.experiment_tables import readout_of  # noqa: PLC0415

    return readout_fragment(readout_of(workspace, _setting(workspace, source), today=today))


def _impact(workspace: Workspace, source: ExperimentSource, *, today: date) -> str:
    from leadline.library.pages import ledger_fragment  # noqa: PLC0415
    from leadline.records.readers.experiment_tables import ledger_of  # noqa: PLC0415

    return ledger_fragment(ledger_of(workspace, _setting(workspace, source), today=today))


def _setting(workspace: Workspace, source: ExperimentSource) -> Experiments:
    return next(
        one
        for one in workspace.configuration.experiments
        if (one.file or one.plan) == source.name
    )


def _kept(
    workspace: Workspace,
    source: ExperimentSource,
    what: str,
    *,
    today: date,
    write: Callable[..., str],
) -> str:
    """Return a page: another one after each reading, and on each day."""
    newest = (
        Reading.objects.filter(
            source__kind=Source.Kind.EXPERIMENTS,
            source__name=source.name,
            outcome=Reading.Outcome.READ,
        )
        .values_list("pk", flat=True)
        .first()
    )
    return kept_page(
        workspace, source.name, what, newest, today,
        write=lambda: write(workspace, source, today=today),
    )  # fmt: skip
