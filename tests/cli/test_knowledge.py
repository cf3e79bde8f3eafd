from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.cli.main import main
from tests.made_repository import DAY, NOON, MadeRepository

ANA, BO = "Ana Lee <ana@example.com>", "Bo Ek <bo@example.com>"


@pytest.fixture
def repository(tmp_path: Path) -> MadeRepository:
    made = MadeRepository(tmp_path / "ranking")
    made.commit(write={f"api/{n}.py": str(n) for n in range(4)}, by=ANA)
    made.commit(write={f"web/{n}.py": str(n) for n in range(3)}, by=BO)
    made.commit(write={"web/0.py": "9"}, by="Bo E. Ek <bo@home.example>")
    made.commit(write={"api/0.py": "8"}, by="dependabot[bot] <x@users.noreply.github.com>")
    return made


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(repository: MadeRepository, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = 0
        try:
            main(["knowledge", str(repository.path), "--today", "2026-02-01", *arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_names_come_first_then_the_number_then_the_risks(run: Run) -> None:
    code, printed, _ = run()
    assert code == 0
    order = [
        printed.index(part)
        for part in ("ranking", "Whom to ask", "Key people", "truck factor", "At risk")
    ]
    assert order == sorted(order)
    assert "Ana Lee" in printed
    assert "degree of authorship" in printed
    assert "dependabot[bot]" in printed
    assert "Bo Ek <bo@example.com> and Bo E. Ek <bo@home.example>" in " ".join(printed.split())


def test_json_has_the_same_and_dates_in_iso_format(run: Run) -> None:
    code, printed, _ = run("--json", "--lead", "ana@example.com")
    plain = json.loads(printed)
    assert code == 0
    assert plain["as_of"] == "2026-02-01"
    assert plain["truck_factor"]["number"] == 1  # by hand: Ana has 4 of 7 files
    assert [m["name"] for m in plain["truck_factor"]["key_people"]] == ["Ana Lee"]
    assert [area["path"] for area in plain["areas"]] == ["", "api", "web"]
    assert plain["gaps"] == ["web"]


def test_one_area_shows_everyone_who_knows_it(run: Run, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(
        "name,emails,start_on,country,ends_on\n"
        "Ana Lee,ana@example.com,2020-01-01,DE,2026-01-15\n"
        "Bo Ek,bo@example.com;bo@home.example,2020-01-01,DE,2026-03-01\n"
        "Broken,,,,\n"
    )
    code, printed, errors = run("--area", "api", "--people", str(people), "--depth", "2")
    text = " ".join(printed.split())
    assert code == 0
    assert "line 4" in errors
    assert "Ana Lee left, last day 2026-01-15" in text
    assert "also ask Bo Ek" in text
    assert "nobody left; closest: Bo Ek" in text
    _, printed, _ = run("--area", "web", "--people", str(people))
    assert "Bo Ek last day 2026-03-01" in " ".join(printed.split())


def test_an_absence_shows_what_nobody_could_answer_for(run: Run) -> None:
    _, printed, _ = run("--without", "ana@example.com")
    assert "Nobody to ask while they are away" in printed


def test_two_identities_can_be_confirmed_and_refused(run: Run) -> None:
    pair = ("bo@example.com", "bo@home.example")
    _, joined, _ = run("--same", *pair)
    _, refused, _ = run("--different", *pair)
    assert "One person or two?" not in joined
    assert "One person or two?" not in refused


def test_an_address_that_never_committed_is_refused(run: Run) -> None:
    code, _, errors = run("--without", "nobody@example.com")
    assert code == 2
    assert "stands on no commit of ranking" in errors


@pytest.mark.parametrize(("area", "code"), [("nothing", 2), ("api/0.py", 0)])
def test_a_wrong_area_is_a_users_mistake(area: str, code: int, run: Run) -> None:
    assert run("--area", area)[0] == code


def test_a_path_that_is_no_repository_ends_with_code_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["knowledge", str(tmp_path / "nothing")])
    assert stop.value.code == 3
    assert "Traceback" not in capsys.readouterr().err


def test_an_empty_repository_and_odd_names_print_safely(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = MadeRepository(tmp_path / "odd")
    main(["knowledge", str(made.path)])
    assert "There is no file to know anything about." in capsys.readouterr().out
    made.commit(
        write={"a\x1b[31m/b.py": "1", "[red]x/y.py": "1"},
        by="[bold]Eve[/bold] <eve@example.com>",
    )
    main(["knowledge", str(made.path)])
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "a\\x1b[31m/" in printed
    assert "[bold]Eve[/bold]" in printed


def test_a_shallow_clone_prints_no_truck_factor(
    repository: MadeRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import subprocess

    url = f"file://{repository.path}"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", url, str(tmp_path / "shallow")], check=True
    )
    main(["knowledge", str(tmp_path / "shallow"), "--today", "2026-02-01"])
    printed = " ".join(capsys.readouterr().out.split())
    assert "No truck factor" in printed
    assert "fetch --unshallow" in printed


def test_long_lists_are_cut_and_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = MadeRepository(tmp_path / "wide")
    for number in range(7):
        made.commit(
            write={f"d{number}/{n}.py": "1" for n in range(4)},
            by=f"p{number} <aa{number}aa@x.org>",
        )
        made.commit(
            write={f"e{number}-{n}/x.py": "1" for n in range(4)}, by=f"q <aa{number}aa@y.org>"
        )
    main(["knowledge", str(made.path), "--today", "2026-02-01"])
    printed = capsys.readouterr().out
    assert "… and 12 more: --area PATH or --json" in printed
    assert "… and 2 more: --json" in printed


def test_the_cache_option_keeps_a_copy(run: Run, tmp_path: Path) -> None:
    _, first, _ = run("--cache", str(tmp_path / "cache"))
    _, again, _ = run("--cache", str(tmp_path / "cache"))
    assert first == again
    assert len(list((tmp_path / "cache").glob("*.history"))) == 1


def test_days_are_those_of_the_commits(repository: MadeRepository, run: Run) -> None:
    repository.commit(write={"api/1.py": "7"}, by=ANA, at=NOON + 20 * DAY)
    assert "2026-01-21" in run()[1]
