"""Parts of pages that the library writes: worked out when first asked for, then kept.

What the library writes is HTML with everything from sources escaped; it is kept in the
workspace's cache, whose files may be deleted at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from leadline import __version__
from leadline.connectors.whole_files import replace_file

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def kept_page(workspace: Workspace, *of: object, write: Callable[[], str]) -> str:
    """Return the page that was kept of these things; write and keep it where none was.

    Whoever reads meanwhile sees the old file or the new one, never half.
    """
    digest = hashlib.sha256("\0".join(map(str, (__version__, *of))).encode()).hexdigest()[:24]
    file = workspace.cache / "pages" / f"{digest}.html"
    if file.exists():
        return file.read_text(encoding="utf-8")
    text = write()
    replace_file(file, [text.encode()])
    return text
