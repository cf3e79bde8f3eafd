"""A `leadline.toml`: what is read, and what every mistake says. Lines are counted by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from leadline.errors import ConfigurationError
from leadline.workspace import find_workspace, name_of, read_configuration

LEAD = '[lead]\nname = "Ines Marlow"\nemails = ["ines@harbour.example"]\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "leadline.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_lead_alone_is_a_workspace_with_the_documented_defaults(tmp_path: Path) -> None:
    configuration = read_configuration(write(tmp_path, LEAD))
    assert configuration.lead.name == "Ines Marlow"
    assert configuration.one_on_ones.every_days == 7
    assert configuration.one_on_ones.minutes == 15
    assert configuration.span.from_reports == 7
    assert configuration.brief.lines == 7


def test_everything_that_the_file_may_say_is_read(tmp_path: Path) -> None:
    text = LEAD + (
        'since = 2026-10-05\ntimezone = "Europe/Berlin"\n'
        '[people]\nfile = "people.csv"\n'
        '[[calendar]]\nurl = "https://calendar.example/lead.ics"\n'
        '[[repository]]\npath = "repositories/search"\nin_production = true\n'
        'owner = "mira@harbour.example"\ndecision_on = 2026-12-01\n'
        '[[project]]\nname = "ranking"\nrepository = "search"\nfolder = "ranking"\n'
        "[hours.intended]\none-on-one = 0.25\n"
        '[kinds]\nhiring = ["Kennenlernen"]\n'
    )
    configuration = read_configuration(write(tmp_path, text))
    assert configuration.lead.since == date(2026, 10, 5)
    assert configuration.repository[0].in_production is True
    assert configuration.repository[0].owner == "mira@harbour.example"
    assert configuration.repository[0].decision_on == date(2026, 12, 1)
    assert configuration.hours.intended == {"one-on-one": 0.25}
    assert configuration.kinds == {"hiring": ("Kennenlernen",)}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (LEAD + "[brief]\nlines = 9\n", 5, "brief.lines: Expected `int` <= 7"),
        (LEAD + "colour = 1\n", 4, "lead.colour: unknown key\nAllowed here: name, emails"),
        (LEAD + "[colour]\n", 4, "colour: unknown key\nAllowed here: lead, version, people"),
        (
            LEAD + '[[calendar]]\nfile = "a"\n[[calendar]]\nfiel = "b"\n',
            7,
            "calendar.1.fiel: unknown key\nAllowed here: file, url.",
        ),
        (LEAD + "[[calendar]]\n", 4, "calendar.0: Exactly one of `file` and `url`"),
        (LEAD + '[[repository]]\nname = "x"\n', 4, "Exactly one of `path` and `url`"),
        (
            LEAD + "[hours.intended]\none-on-one = 25\n",
            4,
            "hours.intended: Expected `float` <= 1",
        ),
        (LEAD + 'timezone = "Europe/Atlantis"\n', 4, "Unknown time zone 'Europe/Atlantis'"),
        (
            LEAD + '[[project]]\nname = "a"\nrepository = "b"\nfolder = "c"\n',
            6,
            "No repository is named 'b'; there are: none",
        ),
        (LEAD.replace("@", " at "), 3, "lead.emails.0: expected an e-mail address"),
        ("version = 1\n", 1, "the table [lead] is missing"),
        ("version = 2\n" + LEAD, 1, "version"),
    ],
)
def test_a_mistake_is_told_with_its_line_its_key_and_what_is_allowed(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(path)
    assert f"line {line}," in str(caught.value)
    assert says in str(caught.value)


def test_what_is_no_toml_or_no_utf_8_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"not valid TOML: .*line 1"):
        read_configuration(write(tmp_path, "lead = \n"))
    path = tmp_path / "latin.toml"
    path.write_bytes('[lead]\nname = "José"\n'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="byte 18 is not UTF-8"):
        read_configuration(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "leadline.toml"
    path.write_text(LEAD, encoding="utf-8-sig")
    assert read_configuration(path).lead.name == "Ines Marlow"


def test_the_workspace_is_found_from_a_folder_below_it(tmp_path: Path) -> None:
    write(tmp_path, LEAD)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    workspace = find_workspace(below)
    assert workspace.folder == tmp_path.resolve()
    assert workspace.locate("people.csv") == tmp_path.resolve() / "people.csv"
    assert workspace.cache == tmp_path.resolve() / ".leadline" / "cache"


def test_no_workspace_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="leadline init"):
        find_workspace(tmp_path)


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ('path = "repositories/search/"', "search"),
        ('url = "https://git.example/team/search.git"', "search"),
        ('path = "x"\nname = "ranking"', "ranking"),
    ],
)
def test_a_repository_goes_by_its_name_or_its_folder(
    tmp_path: Path, setting: str, name: str
) -> None:
    configuration = read_configuration(write(tmp_path, f"{LEAD}[[repository]]\n{setting}\n"))
    assert name_of(configuration.repository[0]) == name


def test_a_repository_that_is_the_workspace_goes_by_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "ranking\nand more"
    folder.mkdir()
    configuration = read_configuration(write(folder, f'{LEAD}[[repository]]\npath = "."\n'))
    assert name_of(configuration.repository[0]) == "ranking and more"


def test_repositories_whose_folders_share_a_name_are_told_apart(tmp_path: Path) -> None:
    places = ('path = "ads/api"', 'path = "search/api"', 'url = "git@git.example:geo/api.git"')
    text = LEAD + "".join(f"[[repository]]\n{place}\n" for place in places)
    configuration = read_configuration(write(tmp_path, text))
    names = [name_of(repository) for repository in configuration.repository]
    assert names == ["ads/api", "search/api", "geo/api"]


@pytest.mark.parametrize(
    ("table", "setting"),
    [
        ("repository", 'path = "x"\nname = "ads"'),
        ("calendar", 'file = "lead.ics"'),
        ("watch", 'model = "churn"\nsource = "p.csv"'),
    ],
)
def test_a_source_that_stands_twice_is_refused(
    tmp_path: Path, table: str, setting: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"stands twice"):
        read_configuration(write(tmp_path, LEAD + f"[[{table}]]\n{setting}\n" * 2))
