"""`leadline knowledge`: who knows which part of a repository, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.cli.output import json_option, progress, show
from leadline.cli.workspaces import today_option

if TYPE_CHECKING:
    from leadline.practice.knowledge import KnowledgeMap, Merge
    from leadline.practice.people import Person

EXAMPLES = """
\b
Examples:
  leadline knowledge .                           this repository
  leadline knowledge ~/src/ranking --depth 2     two levels of folders
  leadline knowledge . --area src/features       one folder, or one file
  leadline knowledge . --people people.csv       mark who has left
  leadline knowledge . --without mira@harbour.example   while somebody is away
  leadline knowledge https://git.example/ranking.git    without any file contents
"""


@click.command(epilog=EXAMPLES)
@click.argument("repository", metavar="REPO")
@click.option("--area", default="", metavar="PATH", help="One folder or file, in detail.")
@click.option(
    "--depth", default=1, type=click.IntRange(1, 20), help="Folder levels (default 1)."
)
@click.option(
    "--people",
    "people_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The people file: who is here, who has left, which addresses are one person.",
)
@click.option(
    "--lead", default="", metavar="EMAIL", help="List the areas this person never touched."
)
@click.option(
    "--without", multiple=True, metavar="EMAIL", help="Take somebody as away; repeatable."
)
@click.option(
    "--same", multiple=True, nargs=2, metavar="EMAIL EMAIL", help="One person; repeatable."
)
@click.option(
    "--different", multiple=True, nargs=2, metavar="EMAIL EMAIL", help="Two people; repeatable."
)
@click.option("--revision", default="", metavar="REV", help="A branch, tag or commit.")
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keep a copy of git's log here, so that the next call reads only what is new.",
)
@today_option
@json_option
def command(
    *,
    repository: str,
    area: str,
    depth: int,
    people_file: Path | None,
    lead: str,
    without: tuple[str, ...],
    same: tuple[tuple[str, str], ...],
    different: tuple[tuple[str, str], ...],
    revision: str,
    cache: Path | None,
    today: date | None,
    as_json: bool,
) -> None:
    """Print whom to ask about each part of REPO, a path or URL, and what is at risk.

    From git alone: no form, no workspace, no source code. Names, dates and places; nothing
    counts what anybody did.
    """
    from leadline.connectors.git import read_history
    from leadline.practice.knowledge import as_plain, knowledge_map

    people = _people(people_file)
    with _told(repository) as report:
        history = read_history(
            repository, cache_folder=cache, revision=revision, progress=report
        )
        knowledge = knowledge_map(
            history,
            today=today or datetime.now().astimezone().date(),
            people=people,
            merges=_merges(same, different),
        )
    _refuse_strangers(knowledge, [*without, *([lead] if lead else [])])
    plain = as_plain(knowledge, path=area, depth=depth, lead=lead, without=without)
    from leadline.cli.knowledge_text import print_knowledge

    show(plain, as_json=as_json, human=lambda out: print_knowledge(plain, out, path=area))


def _people(file: Path | None) -> tuple[Person, ...]:
    if file is None:
        return ()
    from leadline.connectors.people import read_people

    read = read_people(file)
    for problem in read.problems:
        click.echo(f"leadline: {problem}", err=True)
    return read.people


def _merges(
    same: Sequence[tuple[str, str]], different: Sequence[tuple[str, str]]
) -> list[Merge]:
    from leadline.practice.knowledge import Merge

    return [
        Merge(first=first, second=second, same=decided)
        for pairs, decided in ((same, True), (different, False))
        for first, second in pairs
    ]


def _refuse_strangers(knowledge: KnowledgeMap, addresses: Sequence[str]) -> None:
    from leadline.errors import InputError

    for address in addresses:
        if knowledge.member(address) is None:
            raise InputError(
                f"{address} stands on no commit of {knowledge.name}",
                hint="`leadline knowledge REPO --json` lists every address",
            )


@contextmanager
def _told(repository: str) -> Iterator[Callable[[int], None]]:
    with progress() as bar:
        task = bar.add_task(f"reading {repository}", total=None)
        yield lambda done: bar.update(
            task, description=f"reading {repository}: commit {done:,}"
        )
