"""`python -m examples.classifieds`: once around the loop, in about a minute."""

from __future__ import annotations

import argparse

from examples.classifieds.story import tell


def main() -> None:
    """Print the story as it happens."""
    parser = argparse.ArgumentParser(prog="python -m examples.classifieds", description=__doc__)
    parser.add_argument("--seed", type=int, default=7, help="another marketplace")
    parser.add_argument("--users", type=int, default=10_000, help="fewer are quicker, noisier")
    given = parser.parse_args()
    for piece in tell(seed=given.seed, n_users=given.users):
        print(piece, flush=True)


if __name__ == "__main__":
    main()
