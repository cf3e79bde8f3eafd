"""`leadline serve`: decisions over HTTP."""

from __future__ import annotations

import os

import click

EPILOG = """
\b
Examples:
  leadline serve shop.decisions:home
  leadline serve shop.decisions:all --port 8080 --processes 4 --drain 10
  curl -d '{"unit": "u1", "features": {"km": 3}}' http://127.0.0.1:8000/decisions/home

\b
POST /decisions/NAME decides; GET /health, /ready, /metrics and /openapi.json.
"""


@click.command("serve", epilog=EPILOG)
@click.argument("place", metavar="MODULE:OBJECT")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 takes any free one.",
)
@click.option(
    "--processes", type=click.IntRange(1), default=1, show_default=True, help="On one port."
)
@click.option(
    "--drain",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Seconds to go on answering after SIGTERM, while /ready says no.",
)
@click.option(
    "--finish",
    type=click.FloatRange(0),
    default=10.0,
    show_default=True,
    help="Seconds that requests on their way may take after that.",
)
def command(
    place: str, *, host: str, port: int, processes: int, drain: float, finish: float
) -> None:
    """Answer for decisions over HTTP.

    OBJECT is a leadline.Decision, a list or dict of them, or a function that makes one of
    these. With LEADLINE_SERVE_TOKEN set, callers must send it as `Authorization: Bearer`;
    without it, only this machine is listened to.
    """
    from leadline.errors import ConfigurationError

    try:
        from leadline.decisions.serving import Options, serve
    except ImportError as error:
        raise ConfigurationError(
            f"serving needs {error.name}, which is not installed",
            hint='pip install "leadline[serve]"',
        ) from error
    options = Options(
        host=host,
        port=port,
        processes=processes,
        token=os.environ.get("LEADLINE_SERVE_TOKEN", ""),
        drain=drain,
        finish=finish,
    )
    serve(place, options, tell=lambda where: click.echo(f"answering at {where}"))
