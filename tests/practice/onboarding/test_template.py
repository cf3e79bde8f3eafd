"""Plan templates: what a file may say, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.errors import InputError
from leadline.practice.onboarding import load_template
from leadline.practice.onboarding.template import parse_template

STEP = '[[step]]\nid = "a"\nday = 1\ntitle = "Hello"\n'


def template(step: str = STEP, head: str = 'name = "mine"\n') -> str:
    return head + step


def test_the_packaged_template_follows_the_source() -> None:
    # 12:52 and 41:10: 30 days everyone, 60 every project, 90 first feedback; a month ahead.
    found = load_template()
    spans = {step.id: (step.first_day, step.last_day) for step in found.steps}
    assert spans["one-on-one"] == (1, 30)
    assert spans["project"] == (31, 60)
    assert spans["feedback"][1] == 90
    assert min(first for first, _ in spans.values()) == -28


def test_a_template_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(template(), encoding="utf-8")
    found = load_template(path)
    assert (found.name, found.about, found.steps[0].text) == ("mine", "", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name =", "not valid TOML"),
        (template(head='name = "x"\ncolour = 1\n'), "unknown key 'colour'"),
        ('name = "x"', r"has no \[\[step\]\]"),
        ('name = "x"\nstep = 3', r"has no \[\[step\]\]"),
        ('name = "x"\nstep = [3]', "step 1 is 3"),
        (template(head=""), "name is None; a text is needed"),
        (template(STEP + 'colour = "red"'), "step 1: unknown key 'colour'"),
        (template(STEP.replace('"a"', '" "')), "id is ' '; a text is needed"),
        (template(STEP + 'each = "lead"'), r"step 1 \(a\): each is 'lead'"),
        (template(STEP + 'evidence = "one-on-one"'), "none, without `each`"),
        (
            template(STEP + 'each = "project"\nevidence = "feedback"'),
            "evidence is 'feedback'; allowed: project-brief",
        ),
        (template(STEP.replace("day = 1", "")), "either `day`, or `from` and `until`"),
        (template(STEP + "from = 1\nuntil = 2"), "either `day`, or `from` and `until`"),
        (template(STEP.replace("day = 1", "day = 1000")), "day is 1000; whole days from -60"),
        (template(STEP.replace("day = 1", "day = true")), "day is True"),
        (template(STEP.replace("day = 1", "from = 5\nuntil = 4")), "`until` 4 lies before"),
        (template(STEP.replace("Hello", "Hello {person}")), r"{person} cannot be filled in"),
        (template(STEP.replace("Hello", "{0.__class__}")), "cannot be filled in here"),
        (
            template(STEP.replace("Hello", "{person!r}") + 'each = "person"'),
            r"allowed: \{person\}",
        ),
        (template(STEP.replace("Hello", "{person:>9}") + 'each = "person"'), "allowed"),
        (template(STEP.replace("Hello", "a { b")), "cannot be filled in: "),
        (template(STEP + STEP), "the id 'a' stands twice"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_template(text, place="mine.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml cannot be read"):
        load_template(tmp_path / "none.toml")
