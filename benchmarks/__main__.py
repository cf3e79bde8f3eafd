"""Run benchmarks: `python -m benchmarks [NAME …]`; without a name, all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(
    path.stem
    for path in HERE.glob("*.py")
    if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")
    and path.stem != "__main__"
)


def main(names: list[str]) -> int:
    """Run each in a process of its own, so that none warms another."""
    unknown = set(names) - set(NAMES)
    if unknown:
        print(
            f"no benchmark is named {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}"
        )
        return 2
    return max(
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        for name in names or NAMES
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
