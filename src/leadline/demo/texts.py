"""What stands in the made-up files: a purpose, and settings that commits change."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from random import Random

from leadline.demo.projects import Knobs

_PACKAGES = ("lightgbm", "numpy", "pandas", "pyarrow", "scikit-learn", "shapely", "uvicorn")


@dataclass(kw_only=True, slots=True)
class Text:
    """A file that is being written: its purpose and its settings so far."""

    purpose: str
    settings: dict[str, float | str] = field(default_factory=dict)

    def change(self, *, knobs: Knobs, dice: Random) -> tuple[str, float | None, float]:
        """Give one setting another value; return its name, the old value and the new."""
        knob = dice.choice(list(knobs))
        old = self.settings.get(knob)
        new = dice.choice([value for value in knobs[knob] if value != old])
        self.settings[knob] = new
        return knob, old if isinstance(old, int | float) else None, new

    def render(self, path: str) -> bytes:
        """Return the file's bytes, in the form that its name promises."""
        suffix = PurePosixPath(path).suffix
        settings = self.settings.items()
        if suffix == ".py":
            lines = [f'"""{self.purpose}."""', ""]
            lines += [f"{knob.upper()} = {value}" for knob, value in settings]
        elif suffix == ".md":
            title = PurePosixPath(path).stem.replace("-", " ").capitalize()
            lines = [f"# {title}", "", self.purpose, ""]
            lines += [f"- {knob.replace('_', ' ')}: {value}" for knob, value in settings]
        elif suffix == ".txt":
            lines = [f"{package}=={version}" for package, version in settings]
        elif suffix == ".yaml":
            lines = [f"# {self.purpose}", *(f"{knob}: {value}" for knob, value in settings)]
        else:
            lines = [f"# {self.purpose}", "FROM python:3.11-slim"]
            lines += [f"ENV {knob.upper()}={value}" for knob, value in settings]
            lines += ["COPY . /app", 'CMD ["python", "-m", "serving.api"]']
        return ("\n".join(lines) + "\n").encode()


def bump(text: Text, *, dice: Random) -> str:
    """Raise one package's version in a requirements file and return what was done."""
    package = dice.choice(_PACKAGES)
    _, minor, _ = str(text.settings.get(package, "1.0.0")).split(".")
    text.settings[package] = f"1.{int(minor) + 1}.{dice.randrange(4)}"
    return f"Update {package} to {text.settings[package]}"


def message(*, path: str, change: tuple[str, float | None, float], dice: Random) -> str:
    """Return the first line of a commit that gave a file's setting another value."""
    knob, old, new = change
    subject = PurePosixPath(path).stem.replace("_", " ").replace("-", " ")
    setting = knob.replace("_", " ")
    if old is None:
        return dice.choice((
            f"Give {subject} its own {setting}",
            f"Settle {setting} of {subject}: {new}",
            f"Move {setting} of {subject} into a setting",
        ))  # fmt: skip
    direction = "Raise" if new > old else "Lower"
    return dice.choice((
        f"{direction} {setting} of {subject} to {new}",
        f"Try {setting} = {new} in {subject}",
        f"{direction} {setting} of {subject} after last week's run",
        f"Fix {subject}: {setting} was {old}",
        f"{subject.capitalize()} with {setting} {new} instead of {old}",
    ))  # fmt: skip


def first_message(*, path: str, purpose: str) -> str:
    """Return the first line of the commit that made a file."""
    subject = PurePosixPath(path).stem.replace("_", " ").replace("-", " ")
    return f"Add {subject}: {purpose[0].lower()}{purpose[1:]}"
