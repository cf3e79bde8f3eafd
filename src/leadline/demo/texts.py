"""What stands in the made-up files: a purpose, and settings that commits change."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from random import Random

_VALUES = ("2", "3", "5", "7", "14", "28", "40", "90", "0.05", "0.1", "0.25", "0.6", "0.9")
_PACKAGES = ("lightgbm", "numpy", "pandas", "pyarrow", "scikit-learn", "shapely", "uvicorn")


@dataclass(kw_only=True, slots=True)
class Text:
    """A file that is being written: its purpose and its settings so far."""

    purpose: str
    settings: dict[str, str] = field(default_factory=dict)

    def change(self, *, knobs: tuple[str, ...], random: Random) -> str:
        """Give one setting another value and return the setting's name."""
        knob = random.choice(knobs)
        values = [value for value in _VALUES if value != self.settings.get(knob)]
        self.settings[knob] = random.choice(values)
        return knob

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


def bump(text: Text, *, random: Random) -> str:
    """Raise one package's version in a requirements file and return what was done."""
    package = random.choice(_PACKAGES)
    minor = int(text.settings.get(package, "1.0.0").split(".")[1]) + 1
    text.settings[package] = f"1.{minor}.{random.randrange(4)}"
    return f"Update {package} to {text.settings[package]}"


def message(*, path: str, purpose: str, knob: str, is_new: bool, random: Random) -> str:
    """Return the first line of a commit that made or changed one file."""
    file = PurePosixPath(path)
    subject = file.stem.replace("_", " ").replace("-", " ")
    setting = knob.replace("_", " ")
    if is_new:
        return f"Add {subject}: {purpose[0].lower()}{purpose[1:]}"
    return random.choice((
        f"Tune {setting} of {subject}",
        f"Set {setting} of {subject} from last month's data",
        f"Make {subject} stand a missing {setting}",
        f"Explain {setting} in {subject}",
        f"Try a smaller {setting} in {subject}",
        f"Fix {setting} of {subject} on Sundays",
        f"Move {setting} out of the code of {subject}",
    ))  # fmt: skip
