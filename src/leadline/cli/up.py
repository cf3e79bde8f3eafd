"""`leadline up`: the workspace in a browser."""

from __future__ import annotations

import errno
import importlib.util
import os
import socket
import sys
import webbrowser
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.cli.serving import serve_pages
from leadline.cli.workspaces import open_workspace, today_option, workspace_option

if TYPE_CHECKING:
    from leadline.workspace import Workspace

EXAMPLES = """
\b
Examples:
  leadline up                             in the browser, on this machine alone
  leadline up --port 9000 --no-browser    on another port; only print the link
  leadline up --host 0.0.0.0              for the team, behind a server that ends TLS;
                                          set LEADLINE_URL to its https address

\b
The link it prints signs the lead in, once, within half an hour. Ctrl-C ends it.
"""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@click.command(epilog=EXAMPLES)
@workspace_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port", type=click.IntRange(1, 65_535), default=8765, show_default=True,
    help="The port to listen on.",
)  # fmt: skip
@click.option("--browser/--no-browser", default=True, help="Open a browser if there is one.")
@today_option
def command(*, folder: Path, host: str, port: int, browser: bool, today: date | None) -> None:
    """Serve the workspace's pages until Ctrl-C, and print a link that signs you in."""
    _need_the_web_extra()
    url = os.environ.setdefault("LEADLINE_URL", f"http://{_in_a_url(host)}:{port}")
    if host not in LOOPBACK and url.startswith("http://"):
        click.echo(
            "Without TLS anybody on the network can read along. Put a server in front that "
            "ends TLS and set LEADLINE_URL to its https address.",
            err=True,
        )
    if today:
        os.environ["LEADLINE_TODAY"] = today.isoformat()
    os.environ["DJANGO_SETTINGS_MODULE"] = "leadline.web.settings"
    _refuse_a_taken_port(host, port)
    workspace = open_workspace(folder)
    _prepare(workspace, today=today)
    link = f"{url}/sign-in/{_secret(workspace)}/"
    serve_pages(host, port, ready=lambda: _tell(url, link, browser=browser))


def _in_a_url(host: str) -> str:
    if host == "0.0.0.0":  # noqa: S104  # nosec B104 # a comparison
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _need_the_web_extra() -> None:
    from leadline.errors import ConfigurationError

    if missing := [
        name
        for name in (
            "allauth",
            "csp",
            "django_htmx",
            "gunicorn",
            "template_partials",
            "whitenoise",
        )
        if importlib.util.find_spec(name) is None
    ]:
        raise ConfigurationError(
            f"the pages need packages that are not installed: {', '.join(missing)}",
            hint="Install them with: pip install 'leadline[web]'",
        )


def _refuse_a_taken_port(host: str, port: int) -> None:
    """Say so before anything is read that somebody else listens there."""
    from leadline.errors import ConfigurationError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            reason = (
                "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
            )
            raise ConfigurationError(
                f"port {port} of {host} {reason}", hint="Give another with --port."
            ) from None


def _prepare(workspace: Workspace, *, today: date | None) -> None:
    """Read what is old, and collect the static files."""
    from django.core.management import call_command

    from leadline.cli.sync import sync_if_stale

    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    sync_if_stale(workspace, today=today)


def _secret(workspace: Workspace) -> str:
    from django.utils.timezone import now

    from leadline.records.actions.links import SIGN_IN_FOR, issue_sign_in_link

    return issue_sign_in_link(
        workspace.configuration.lead.emails[0],
        issued_by="leadline up",
        at=now(),
        valid_for=SIGN_IN_FOR,
    )


def _tell(url: str, link: str, *, browser: bool) -> None:
    click.echo(
        f"Leadline is at {url} until Ctrl-C. This link signs you in, once:\n\n  {link}\n"
    )
    has_screen = sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if browser and has_screen:
        webbrowser.open(link)
