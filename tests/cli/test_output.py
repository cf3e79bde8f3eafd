"""Tables in a terminal: whatever its width, nothing that is shown is cut."""

from __future__ import annotations

import io

import pytest
from click.testing import CliRunner
from rich.console import Console

from leadline.cli.main import cli
from leadline.cli.output import LONGEST, print_table, readable
from leadline.cli.output import console as output_console
from leadline.library.wording import that_say_something

HEADER = ("concluded", "change", "project", "total so far")
ROWS = [("2026-03-01", "long-tail-recall-of-rare-queries", "search-ranking", "0.492")]


def printed(width: int, *, less: tuple[str, ...] = ()) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    print_table(console, HEADER, ROWS, less=less)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 200])
def test_a_long_word_goes_on_below_and_no_letter_is_lost(width: int) -> None:
    lines = printed(width)
    assert "…" not in "".join(lines)
    # Oracle: as many letters as the cells have, wherever the lines break.
    letters = sum(len(cell.replace(" ", "")) for cell in (*HEADER, *ROWS[0]))
    assert sum(len(line.replace(" ", "")) for line in lines) == letters


def test_the_least_needed_columns_go_first_where_there_is_no_room() -> None:
    assert "project" in printed(100, less=("project",))[0]
    narrow = printed(60, less=("project", "change"))
    assert "project" not in narrow[0]
    assert "change" in narrow[0]
    assert "change" not in printed(30, less=("project", "change"))[0]


def test_a_column_that_says_nothing_of_any_row_is_left_out() -> None:
    header, rows = that_say_something(("a", "b", "c"), [("1", "", ""), ("2", "", "3")])
    assert header == ("a", "c")
    assert rows == [("1", ""), ("2", "3")]


def test_a_name_gives_a_terminal_no_orders() -> None:
    assert readable("Zoë\x1b[31m\u202e\n\tok") == "Zoë\ufffd[31m\ufffd\n\tok"
    terminal = output_console()
    with terminal.capture() as captured:
        print_table(terminal, ["name"], [["\x1b]0;mine\x07" + "A" * 10_000]])
    assert "\x1b]0" not in captured.get()
    assert captured.get().count("A") == LONGEST - 1 - len("\x1b]0;mine\x07")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("breif",), "No such command 'breif'. Did you mean 'brief'?"),
        (("experiments", "analyse", "x.csv"), "Did you mean 'analyze'?"),
        (("nonsense",), "No such command 'nonsense'."),
        (("report", "--month", "2026-13"), "'2026-13' is no month; write it as 2026-11"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_what_is_near(
    words: tuple[str, ...], said: str
) -> None:
    answer = CliRunner().invoke(cli, words)
    assert answer.exit_code == 2
    assert said in answer.output
    if words[0] == "nonsense":
        assert "Did you mean" not in answer.output
