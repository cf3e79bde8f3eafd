"""A large git history made by a seeded generator: `git fast-import` writes it in seconds.

Folders belong to a few people for a while, files are born, changed, renamed and deleted,
people come and go, some merge branches. Nothing in it is real.
"""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

_FOLDERS = ("api", "core", "features", "training", "serving", "web", "jobs", "shared")
_WORDS = (
    "ranking",
    "search",
    "price",
    "feed",
    "model",
    "store",
    "query",
    "score",
    "user",
    "event",
)
_AREAS = (
    *(f"services/{folder}/src/harbour/{word}" for folder in _FOLDERS for word in _WORDS),
    *(f"services/{folder}/tests" for folder in _FOLDERS),
    "docs/pages",
)
_KINDS = (".py", ".py", ".py", ".ts", ".sql", ".md", ".yaml")
_STARTS_AT = 1_262_304_000  # 2010-01-01


@dataclass(slots=True)
class _Maker:
    rng: random.Random
    out: list[str] = field(default_factory=list)
    files: dict[str, list[str]] = field(default_factory=lambda: {area: [] for area in _AREAS})
    count: int = 0
    number: int = 0

    def area_of(self, author: int) -> str:
        """Return one of the author's two areas, and now and then one of everybody's."""
        if self.rng.random() < 0.25:
            return self.rng.choice(_AREAS[-len(_FOLDERS) - 1 :])
        return _AREAS[(author * 7 + self.rng.randrange(2) * 31) % len(_AREAS)]

    def new_path(self, area: str) -> str:
        self.number += 1
        rng = self.rng
        folder = f"{area}/{rng.choice(_WORDS)}" if rng.random() < 0.2 else area
        return f"{folder}/{rng.choice(_WORDS)}_{self.number}{rng.choice(_KINDS)}"

    def commit(self, *, mark: int, author: int, at: int, merge: int | None) -> None:
        who = f"Person {author} Example <person{author}@example.com> {at} +0000"
        self.out += [
            "commit refs/heads/main",
            f"mark :{mark}",
            f"author {who}",
            f"committer {who}",
            "data 1",
            "c",
        ]
        if mark > 1:
            self.out.append(f"from :{mark - 1}")
        if merge:
            self.out.append(f"merge :{merge}")
        self.changes(self.area_of(author), mark=mark, wanted=6_000)
        self.out.append("")

    def changes(self, area: str, *, mark: int, wanted: int) -> None:
        rng, files = self.rng, self.files[area]
        if len(files) < 5 or (rng.random() < 0.2 and self.count < wanted):
            files.append(self.new_path(area))
            self.count += 1
            self.write(files[-1], f"{mark} new")
        for _ in range(min(int(rng.expovariate(0.45)) + 1, 12)):
            self.write(files[int(len(files) * rng.random() ** 0.6)], f"{mark} {rng.random()}")
        if rng.random() < 0.02:
            index = rng.randrange(len(files))
            path = self.new_path(area)
            self.out.append(f"R {files[index]} {path}")
            files[index] = path
        if rng.random() < 0.02:
            self.out.append(f"D {files.pop(rng.randrange(len(files)))}")
            self.count -= 1

    def write(self, path: str, text: str) -> None:
        self.out += [f"M 644 inline {path}", f"data {len(text)}", text]


def make_history(
    folder: Path, *, commits: int = 70_000, people: int = 400, seed: int = 1
) -> Path:
    """Make a bare repository with that many commits and return its path.

    Parameters
    ----------
    folder : Path
        Where the repository is made; it must not exist.
    commits, people : int
        How many of each.
    seed : int
        The same seed gives the same commits on every machine.
    """
    subprocess.run(
        ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(folder)], check=True
    )
    maker = _Maker(random.Random(seed))
    at = _STARTS_AT
    with subprocess.Popen(
        ["git", "-C", str(folder), "fast-import", "--quiet", "--done"], stdin=subprocess.PIPE
    ) as importer:
        pipe = importer.stdin
        assert pipe is not None
        for mark in range(1, commits + 1):
            here = int(people * mark / commits)
            author = max(0, here - int(maker.rng.expovariate(1 / 25)))
            at += int(maker.rng.expovariate(1 / 7_000)) + 1
            merge = mark - 9 if mark % 40 == 0 else None
            maker.commit(mark=mark, author=author, at=at, merge=merge)
            if len(maker.out) > 5_000:
                pipe.write(("\n".join(maker.out) + "\n").encode())
                maker.out.clear()
        pipe.write(("\n".join(maker.out) + "\ndone\n").encode())
    if importer.returncode:
        raise RuntimeError(f"git fast-import left with {importer.returncode}")
    return folder
