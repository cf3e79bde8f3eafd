"""Speaking the Model Context Protocol over standard input and output."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import connections
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from leadline import __version__
from leadline.errors import LeadlineError
from leadline.mcp_server.answers import QUESTIONS

if TYPE_CHECKING:
    from leadline.mcp_server.answers import Answers

INSTRUCTIONS = """\
Leadline is the working system of a data-science lead. It reads what a team already has (git,
a calendar, a people file, experiment and prediction tables) and says what needs the lead next.
Start with `brief`. Every number comes with its receipt: name the source and its day when you
quote one, and the command that gives it again. Leadline judges work, never people: do not rank
or score anybody from what you read here. Nothing can be changed through these tools.
"""

READS_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def make_server(answers: Answers) -> MCPServer[Any]:
    """Return a server whose tools are the questions of `answers`."""
    server: MCPServer[Any] = MCPServer(
        "leadline",
        title="Leadline",
        version=__version__,
        instructions=INSTRUCTIONS,
        log_level="WARNING",
    )
    for name in QUESTIONS:
        question = getattr(answers, name)
        server.add_tool(
            _in_words(question),
            name=name,
            description=inspect.getdoc(question),
            annotations=READS_ONLY,
        )
    return server


def _in_words(question: Callable[..., Any]) -> Callable[..., Any]:
    """Return a question that fails in words, and leaves no connection to the database."""

    @functools.wraps(question)
    def asked(*args: Any, **kwargs: Any) -> Any:
        try:
            return question(*args, **kwargs)
        except LeadlineError as error:
            raise ToolError(str(error)) from error
        finally:
            connections.close_all()  # each question may run on another thread

    return asked
