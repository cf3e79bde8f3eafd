"""Documentation under test: links lead somewhere, examples run, glossary lines are one line."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadline.connectors.people import read_people
from leadline.demo import build
from leadline.workspace import read_configuration
from tests import processes

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = [page for page in PAGES if page.name != "STYLE.md"]  # its code is good and bad
EXAMPLES = [page for page in SHOWN if BLOCK.search(page.read_text(encoding="utf-8"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub and GitLab give a page's headings."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    plain = (re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in headings)
    return {re.sub(r"\s", "-", heading) for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {
        (index.parent / link.partition("#")[0]).resolve()
        for link in LINK.findall(index.read_text(encoding="utf-8"))
    }
    pages = {page for page in PAGES if (ROOT / "docs") in page.parents and page != index}
    assert pages <= linked


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that was read once, as a reader of most pages has it."""
    place = tmp_path_factory.mktemp("docs")
    folder = build(place / "team", today=datetime.now(UTC).date())
    run(shell("$ leadline sync"), folder=folder, home=place)
    return folder


def run(script: list[str], *, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        script,
        cwd=folder,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.slow
@pytest.mark.parametrize("page", EXAMPLES, ids=named)
def test_examples_run(page: Path, demo: Path, tmp_path: Path) -> None:
    """Every block of a page runs in turn, in a copy of the demo's workspace."""
    folder = shutil.copytree(demo, tmp_path / "team", symlinks=True)
    for kind, code in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "python":
            done = run([sys.executable, "-c", code], folder=folder, home=tmp_path)
        elif PLAIN.fullmatch("\n".join(commands(code))):
            done = run_plain(commands(code), folder=folder, home=tmp_path)
        else:
            done = run(shell(code), folder=folder, home=tmp_path)
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"


def commands(code: str) -> list[str]:
    """Return the commands of a console block, without their prompts and outputs."""
    lines = [line[2:] for line in code.splitlines() if line.startswith("$ ")]
    assert lines, "a console block has lines that begin with `$ `"
    return lines


def shell(code: str) -> list[str]:
    """Return what a shell runs of a console block, up to the first command that fails."""
    return ["bash", "-e", "-c", "\n".join(commands(code))]


PLAIN = re.compile(r"(?:cd \w+\n)?(?:leadline [^$|&;<>#*?~`\\()\n]+(?:\n|$))+")
"""Commands of ours, perhaps in a folder, in which a shell has nothing to say."""


def run_plain(
    lines: list[str], *, folder: Path, home: Path
) -> subprocess.CompletedProcess[str]:
    """Run commands up to the first that fails, as a shell would, each prepared already."""
    variables = environment(home)
    if lines[0].startswith("cd "):
        folder = folder / lines[0].removeprefix("cd ")
        lines = lines[1:]
    for line in lines:
        done = processes.run(*shlex.split(line)[1:], folder=folder, variables=variables)
        if done.returncode:
            break
    return done


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which `leadline` is this checkout's."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    program = programs / "leadline"
    run = "from leadline.cli.main import main; main()"
    program.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c "{run}" "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    kept.pop("LEADLINE_DATABASE_URL", None)
    kept.pop("LEADLINE_WORKSPACE", None)
    return kept | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "HOME": str(folder),
        "NO_COLOR": "1",
    }


def blocks(kind: str) -> list[tuple[str, str]]:
    """Return (page, text) of every block of a kind in the docs."""
    fence = re.compile(rf"^```{kind}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    texts = [(named(page), page.read_text(encoding="utf-8")) for page in SHOWN]
    return [(name, block) for name, text in texts for block in fence.findall(text)]


SETTINGS = [(page, block) for page, block in blocks("toml") if "[[rule]]" not in block]
"""What is no `leadline.toml` is a row of the law, tested where the law is."""


@pytest.mark.parametrize(("page", "block"), SETTINGS)
def test_settings_that_are_shown_are_allowed(page: str, block: str, tmp_path: Path) -> None:
    lead = "" if "[lead]" in block else '[lead]\nname = "A"\nemails = ["a@a.example"]\n'
    path = tmp_path / "leadline.toml"
    path.write_text(f"{block}\n{lead}", encoding="utf-8")
    assert read_configuration(path).lead.name, page


@pytest.mark.parametrize(("page", "block"), blocks("csv"))
def test_people_files_that_are_shown_can_be_read(page: str, block: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(block, encoding="utf-8")
    people = read_people(path)
    assert people.problems == (), page
    assert len(people.people) == len(block.splitlines()) - 1


def test_the_glossary_has_one_line_a_term_in_order() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        lines = [line for line in section.splitlines()[1:] if line]
        terms = [re.fullmatch(r"\*\*(.+?)\*\*: .+", line) for line in lines]
        assert all(terms), [line for line, term in zip(lines, terms, strict=True) if not term]
        words = [term[1].lower() for term in terms if term]
        assert words == sorted(words)


def test_the_glossary_has_every_name_of_the_style_page() -> None:
    style = (ROOT / "STYLE.md").read_text(encoding="utf-8")
    names = style.split("## Names")[1].split("\n## ")[0]
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    kinds = "Experiments|Models|Monitoring|People"
    lists = re.findall(rf"^- (?:{kinds}): (.+)$", names, re.MULTILINE)
    assert len(lists) == 4
    for words in lists:
        for quoted in re.findall(r"`([^`]+)`", words):
            for term in quoted.split():
                assert f"**{term.replace('_', ' ')}**" in glossary, term


def test_no_page_sends_a_reader_to_a_place_of_one_machine() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(home|root|work|tmp)/", text), named(page)
