"""Watched models: which project each belongs to, and its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from leadline.records.models import Source
from leadline.records.queries.kept_pages import kept_page
from leadline.records.queries.project_facts import ProjectFacts, slug_of
from leadline.records.snapshots import KeptWatch, load_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchedModel:
    """A model that is watched, as it was last looked at.

    Attributes
    ----------
    name, slug : str
        What it is called, and as that stands in addresses.
    kept : KeptWatch
    """

    name: str
    slug: str
    kept: KeptWatch


def watched_models() -> tuple[WatchedModel, ...]:
    """Return every watched model whose page can be shown."""
    return models_in(load_facts(Source.Kind.WATCH, KeptWatch))


def models_in(kept: Mapping[str, KeptWatch]) -> tuple[WatchedModel, ...]:
    """Return the models of what was kept of watching them."""
    return tuple(
        WatchedModel(name=one.series.model, slug=slug_of(one.series.model), kept=one)
        for one in kept.values()
    )


def models_of(
    project: ProjectFacts, models: tuple[WatchedModel, ...]
) -> tuple[WatchedModel, ...]:
    """Return those whose code lies in a project, or that are called like it."""
    place = PurePath(project.location) / project.folder
    return tuple(
        one
        for one in models
        if one.name == project.name
        or (one.kept.code and PurePath(one.kept.code).is_relative_to(place))
    )


def watched_html(workspace: Workspace, model: WatchedModel) -> str:
    """Return what stands, the pictures and the ML Test Score, as a part of a page."""

    def write() -> str:
        from leadline.library.pages import watch_fragment  # noqa: PLC0415 - draws slowly

        return watch_fragment(model.kept.series)

    return kept_page(workspace, "watch", model.kept.series, write=write)
