"""The knowledge map for people: whom to ask first, the number second, then the risks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

_ROWS = 24
_NAMES = 3
_SUGGESTIONS = 5
_STATES = {
    "shared": ("●", "green", "shared"),
    "one": ("◐", "yellow", "one person"),
    "none": ("○", "red", "nobody left"),
    "unknown": ("?", "dim", "not known"),
}


def print_knowledge(plain: dict[str, Any], out: Console, *, path: str) -> None:
    """Print what `as_plain` returned.

    Parameters
    ----------
    plain : dict
        The map as plain values.
    out : Console
        Where to.
    path : str
        The area that was asked for; empty for the whole repository.
    """
    out.print(_title(plain))
    if not plain["areas"]:
        out.print("There is no file to know anything about.")
    else:
        if path:
            _print_area(plain["areas"][0], out)
        _print_areas(plain, out)
        _print_factor(plain, out)
        _print_risks(plain, out)
    _print_suggestions(plain, out)
    _print_rest(plain, out)


def _title(plain: dict[str, Any]) -> Text:
    commit = f"@{plain['head'][:10]}" if plain["head"] else ""
    title = Text(visible(plain["repository"]), style="bold")
    return title.append(
        f"  {visible(plain['branch'])}{commit}, as of {plain['as_of']}", style="dim"
    )


def visible(text: str) -> str:
    """Return text in which no character can move the cursor or change a colour."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _heading(out: Console, words: str, aside: str = "") -> None:
    out.print()
    out.print(
        Text(words, style="bold").append(f"  {aside}" if aside else "", style="not bold dim")
    )


def _entry(out: Console, text: Text | str) -> None:
    out.print(Padding(text, (0, 0, 0, 2)))


def _folder(area: dict[str, Any]) -> str:
    return visible(area["path"]) + "/" if area["path"] else "all of it"


def _ask(area: dict[str, Any]) -> Text:
    if area["here"]:
        return Text(", ".join(visible(name) for name in area["here"][:_NAMES]))
    if area["ask"]:
        nearest = area["ask"][0]
        return Text(f"nobody left; closest: {visible(nearest['name'])}", style="yellow").append(
            f" ({visible(nearest['reason'])})", style="dim"
        )
    return Text("nobody found", style="red")


def _print_area(area: dict[str, Any], out: Console) -> None:
    _heading(out, visible(area["path"]), f"last touched {area['last_on']} by {area['last_by']}")
    for member in area["authors"]:
        _entry(out, Text(visible(member["name"])).append(f"  {_presence(member)}", style="dim"))
    for candidate in area["ask"]:
        if candidate["name"] not in {member["name"] for member in area["authors"]}:
            line = Text("also ask ", style="dim").append(
                visible(candidate["name"]), style="none"
            )
            _entry(out, line.append(f"  {visible(candidate['reason'])}", style="dim"))


def _presence(member: dict[str, Any]) -> str:
    if member["presence"] == "left":
        return f"left, last day {member['ends_on']}"
    if member["presence"] == "quiet":
        return f"not seen since {member['last_on']}"
    if member["ends_on"]:
        return f"last day {member['ends_on']}"
    return ""


def _print_areas(plain: dict[str, Any], out: Console) -> None:
    _heading(out, "Whom to ask")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(overflow="fold", ratio=2)
    table.add_column(overflow="fold", ratio=4)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    for area in plain["areas"][:_ROWS]:
        sign, colour, words = _STATES[area["state"]]
        state = Text(f"{sign} {words}", style=colour)
        table.add_row(Text(_folder(area)), _ask(area), str(area["last_on"] or ""), state)
    _entry_table(out, table)
    hidden = len(plain["areas"]) - _ROWS
    if hidden > 0:
        _entry(out, Text(f"… and {hidden} more: --area PATH or --json", style="dim"))


def _entry_table(out: Console, table: Table) -> None:
    out.print(Padding(table, (0, 0, 0, 2)))


def _names(factor: dict[str, Any]) -> str:
    marked = []
    for member in factor["key_people"]:
        aside = _presence(member)
        marked.append(visible(member["name"]) + (f" ({aside})" if aside else ""))
    return ", ".join(marked)


def _print_factor(plain: dict[str, Any], out: Console) -> None:
    factor, second = plain["truck_factor"], plain["second_opinion"]
    if factor["number"] is None:
        _heading(out, "No truck factor", factor["reason"])
        return
    _heading(out, f"Key people: {_names(factor)}")
    _entry(
        out,
        Text(f"truck factor {factor['number']}").append(
            f" by {factor['algorithm']} ({factor['files']})", style="dim"
        ),
    )
    _entry(
        out,
        Text(f"another algorithm says {second['number']}").append(
            f" by {second['algorithm']}: {_names(second)}", style="dim"
        ),
    )


def _print_risks(plain: dict[str, Any], out: Console) -> None:
    if plain["lost_without"]:
        _heading(out, "Nobody to ask while they are away")
        for path in plain["lost_without"]:
            _entry(out, Text(f"{visible(path)}/" if path else "all of it", style="red"))
    if plain["at_risk"]:
        _heading(out, "At risk")
    for risk in plain["at_risk"][:_ROWS]:
        where = f"{visible(risk['path'])}/" if risk["path"] else "all of it"
        if risk["state"] == "none":
            _entry(
                out,
                Text("○ ", style="red").append(
                    f"{where}: those who wrote most of it are gone", style="none"
                ),
            )
        else:
            _entry(
                out,
                Text("◐ ", style="yellow").append(
                    f"{where}: without {visible(risk['owner'])} under half of its files have "
                    "an author who is here",
                    style="none",
                ),
            )
    if plain["gaps"]:
        _heading(out, "Where you have never been", "moved lately: a question to ask")
        _entry(out, ", ".join(f"{visible(path)}/" for path in plain["gaps"][:_ROWS]))


def _print_suggestions(plain: dict[str, Any], out: Console) -> None:
    suggested = plain["suggested_merges"]
    if not suggested:
        return
    _heading(out, "One person or two?", "confirm with --same A B, refuse with --different A B")
    for merge in suggested[:_SUGGESTIONS]:
        pair = " and ".join(
            f"{visible(who['name'])} <{visible(who['email'])}>"
            for who in (merge["first"], merge["second"])
        )
        _entry(out, Text(pair).append(f"  {merge['reason']}", style="dim"))
    if len(suggested) > _SUGGESTIONS:
        _entry(out, Text(f"… and {len(suggested) - _SUGGESTIONS} more: --json", style="dim"))


def _print_rest(plain: dict[str, Any], out: Console) -> None:
    if plain["left_out"]:
        names = sorted({visible(bot["name"] or bot["email"]) for bot in plain["left_out"]})
        _heading(out, "Left out as programs", ", ".join(names))
    if plain["not_known"]:
        _heading(out, "Not known")
        for note in plain["not_known"]:
            _entry(out, visible(note))
