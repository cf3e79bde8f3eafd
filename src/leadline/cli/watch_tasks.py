"""What `leadline watch` looks at: one table, or the watched models of a workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.workspaces import day_of
from leadline.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadline.library.watch_result import Watch


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One model to look at."""

    model: str
    owner: str
    look: Callable[[], Watch]
    today: date
    state: Path | None
    by_hand: tuple[str, ...]


def given(
    source: str,
    *,
    today: date | None,
    dependence: str | None,
    predictor: str | None,
    trust: bool,
    by_hand: tuple[str, ...],
    state: str | None,
    **options: Any,
) -> Task:
    """Return the task of a table that was named."""
    day = today or datetime.now(UTC).date()
    options |= {
        "today": day,
        "dependence": _read_dependence(dependence),
        "predictor": _read_predictor(predictor, trust=trust),
        "state": state,
        "model": options["model"] or Path(source).stem,
    }
    return Task(
        model=options["model"],
        owner=options["owner"],
        look=partial(_look, source, **options),
        today=day,
        state=Path(state) if state else None,
        by_hand=by_hand,
    )


def _look(source: str, **options: Any) -> Watch:
    """Look at a table, or at a decision log that is still being written."""
    from leadline.cli.watch_segments import as_table
    from leadline.library.watch import watch

    with as_table(source) as (place, problems):
        for problem in problems:
            click.echo(problem, err=True)
        found = watch(place, **options)
    return found if place == source else replace(found, place=source)


def _read_predictor(place: str | None, *, trust: bool) -> Any:
    if place is None:
        return None
    from leadline.connectors.saved_models import load_model

    return load_model(place, trust=trust)


def of_workspace(folder: Path, *, today: date | None, model: str) -> Iterator[Task]:
    """Return the tasks of a workspace's `[[watch]]` tables."""
    from leadline.library.watch_workspace import state_path, watch_entry
    from leadline.workspace import find_workspace

    workspace = find_workspace(folder)
    entries = workspace.configuration.watch
    chosen = [entry for entry in entries if model in {"", entry.model}]
    if not chosen:
        names = ", ".join(entry.model for entry in entries) or "none"
        raise ConfigurationError(
            f"the workspace watches no model{f' {model!r}' if model else ''}; it has: {names}",
            hint="Name a table, or add a [[watch]] with model and source to leadline.toml.",
        )
    day = day_of(workspace, today)
    for entry in chosen:
        yield Task(
            model=entry.model,
            owner=entry.owner,
            look=partial(watch_entry, workspace, entry, today=day),
            today=day,
            state=state_path(workspace, entry),
            by_hand=entry.by_hand,
        )


def _read_dependence(path: str | None) -> dict[str, float] | None:
    from leadline.errors import InputError

    if path is None:
        return None
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8"))
        return {str(name): float(share) for name, share in read.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise InputError(
            f"{path} holds no dependence: {error}", hint='Write {"column": 0.4, …} as JSON.'
        ) from None
