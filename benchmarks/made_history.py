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
_KINDS = (".py", ".py", ".py", ".ts", ".sql", ".md", ".yaml")
_STARTS_AT = 1_262_304_000  # 2010-01-01


@dataclass(slots=True)
class _Maker:
    rng: random.Random
    out: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    number: int = 0

    def new_path(self) -> str:
        while True:
            self.number += 1
            rng = self.rng
            folder = f"{rng.choice(_FOLDERS)}/{rng.choice(_WORDS)}"
            if rng.random() < 0.4:
                folder += f"/{rng.choice(_WORDS)}"
            path = f"{folder}/{rng.choice(_WORDS)}_{self.number}{rng.choice(_KINDS)}"
            if path not in self.taken:
                self.taken.add(path)
                return path

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
        self.changes(mark, wanted=4_000)
        self.out.append("")

    def changes(self, mark: int, *, wanted: int) -> None:
        rng, files = self.rng, self.files
        if len(files) < 20 or (rng.random() < 0.12 and len(files) < wanted):
            path = self.new_path()
            files.append(path)
            self.write(path, f"{mark} new")
        for _ in range(min(int(rng.expovariate(0.45)) + 1, 12)):
            self.write(files[int(len(files) * rng.random() ** 0.6)], f"{mark} {rng.random()}")
        if rng.random() < 0.02:
            index = rng.randrange(len(files))
            path = self.new_path()
            self.out.append(f"R {files[index]} {path}")
            files[index] = path
        if rng.random() < 0.02:
            self.out.append(f"D {files.pop(rng.randrange(len(files)))}")

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
