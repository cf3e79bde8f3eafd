"""`leadline mcp`: the workspace for an assistant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from leadline.cli.workspaces import open_workspace, today_option, workspace_option

EXAMPLES = """
\b
Examples:
  leadline mcp                            for the lead, until the assistant goes away
  leadline mcp -w ~/team --as mira@harbour.example
\b
An assistant starts it by itself. In its list of servers:
  {"mcpServers": {"leadline": {"command": "leadline", "args": ["mcp", "-w", "/srv/team"]}}}

\b
It reads what every member of the team may read, whoever asks; nothing that is between
people, and nothing can be changed.
"""


@click.command(epilog=EXAMPLES)
@workspace_option
@click.option(
    "--as", "person", default="", metavar="EMAIL", help="Who asks (default: the lead)."
)
@today_option
def command(*, folder: Path, person: str, today: date | None) -> None:
    """Answer an assistant's questions over the Model Context Protocol, on stdin and stdout."""
    workspace = open_workspace(folder)
    from leadline.errors import ConfigurationError
    from leadline.mcp_server.answers import Answers

    try:
        from leadline.mcp_server.server import make_server
    except ImportError as error:
        raise ConfigurationError(
            f"answering an assistant needs {error.name}, which is not installed",
            hint='pip install "leadline[mcp]"',
        ) from error
    person = person or workspace.configuration.lead.emails[0]
    answers = Answers(workspace, person=person, today=today)
    answers.viewer()  # a stranger is told here, where a person reads it
    make_server(answers).run()
