"""Parts of pages that the library writes: worked out when first asked for, then kept.

What the library writes is HTML with everything from sources escaped; it is kept in the
workspace's cache, whose files may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def kept_page(workspace: Workspace, *of: object, write: Callable[[], str]) -> str:
    """Return the page that was kept of these things; write and keep it where none was.

    Whoever reads meanwhile sees the old file or the new one, never half.
    """
    digest = hashlib.sha256("\0".join(map(str, of)).encode()).hexdigest()[:24]
    file = workspace.cache / "pages" / f"{digest}.html"
    if file.exists():
        return file.read_text(encoding="utf-8")
    text = write()
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
    return text
