"""The reference is what the code says: written anew, it does not differ."""

from __future__ import annotations

import inspect
from pathlib import Path

import click
import msgspec
import pytest
from django.apps import apps
from django.db.models import EmailField

from docs import reference
from docs.commands import walk
from docs.settings import in_words
from leadline import errors
from leadline.cli.main import COMMANDS, cli
from leadline.workspace import Configuration

LINKS = {"SignInLink", "GuestLink"}
"""Links that let somebody in; they are no records about people."""

FOLDER = Path(reference.__file__).parent / "reference"


def test_the_reference_is_current() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == reference.pages(), "run `make docs`"


def test_writing_removes_pages_that_are_no_more(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("An old page.")
    reference.write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(reference.pages())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_gives_an_example(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert (command.help or "").strip()
    context = click.Context(command, info_name=name)
    below = (
        [inner for inner, _ in walk(command, context)]
        if isinstance(command, click.Group)
        else []
    )
    shown = "".join(one.epilog or "" for one in (command, *below))
    assert f"leadline {name}" in shown


def test_every_command_and_option_is_documented() -> None:
    text = reference.pages()["commands.md"]
    silent = []
    for command, context in walk(cli, click.Context(cli, info_name="leadline")):
        assert f"# {context.command_path}\n" in text
        section = text.split(f"# {context.command_path}\n")[1].split("\n#")[0]
        for param in command.params:
            if isinstance(param, click.Option) and not param.hidden:
                assert param.opts[-1] in section
                if not (param.help or param.show_default):
                    silent.append(f"{context.command_path} {param.opts[-1]}")
    assert silent == []


def test_every_error_is_documented() -> None:
    text = reference.pages()["errors.md"]
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.LeadlineError):
            assert f"## {name}\n" in text


def test_every_setting_is_documented() -> None:
    text = reference.pages()["settings.md"]
    for field in msgspec.structs.fields(Configuration):
        assert f"| `{field.encode_name}` |" in text or f"[{field.encode_name}]" in text


def test_a_setting_is_told_in_words() -> None:
    share = msgspec.inspect.type_info(Configuration).fields
    version = next(field for field in share if field.encode_name == "version")
    assert in_words(version.type) == "`1`"
    assert in_words(msgspec.inspect.IntType(ge=1, le=7)) == "whole number ≥ 1 and ≤ 7"


def test_the_list_for_a_works_council_has_every_column_about_people() -> None:
    text = reference.pages()["people-data.md"]
    for model in apps.get_app_config("records").get_models():
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        if (
            any(isinstance(field, EmailField) for field in fields)
            and model.__name__ not in LINKS
        ):
            assert all(field.name in text for field in fields), model.__name__
    assert text.count("| could be evaluated |") == text.count("\n## ")
    assert "text (sealed)" in text
