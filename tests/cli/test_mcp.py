"""`leadline mcp`, asked by the protocol's own client over a pipe."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.cli.conftest import TODAY, Leadline

ON = ("--today", TODAY.isoformat())


def ask(leadline: Leadline, *questions: tuple[str, dict[str, Any]]) -> tuple[list[Any], Any]:
    """Return the tools and the answer to each question, from one server."""
    from mcp import Client, StdioServerParameters, stdio_client  # a second

    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "leadline", "mcp", *ON],
        env=leadline.variables,
        cwd=leadline.folder,
    )

    async def asked() -> tuple[list[Any], Any]:
        async with Client(stdio_client(server)) as client:
            tools = (await client.list_tools()).tools
            return list(tools), [await client.call_tool(*question) for question in questions]

    return asyncio.run(asked())


def test_an_assistant_is_told_what_the_commands_print(leadline: Leadline) -> None:
    """Oracle: the JSON of the commands, asked for the same day."""
    tools, (brief, projects, project, unknown, beyond, nothing) = ask(
        leadline,
        ("brief", {}),
        ("projects", {}),
        ("project", {"name": "Search-Ranking"}),
        ("project", {"name": "nope"}),
        ("projects", {"page": 2}),
        ("search", {"words": " "}),
    )
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert all(tool.description and "\n    " not in tool.description for tool in tools)
    printed = json.loads(leadline("brief", "--json", "--no-sync", *ON))
    told = brief.structured_content
    lines = [line["sentence"] for line in printed["lines"] if "team" in line["readers"]]
    assert lines
    assert [line["sentence"] for line in told["lines"]] == lines
    assert told["sources_read"] == len(printed["sources"])
    assert told["not_connected"] == printed["missing"]
    assert told["left_out"] == len(printed["lines"]) - len(lines) > 0
    names = [one["name"] for one in json.loads(leadline("projects", "--json", *ON))]
    assert [one["name"] for one in projects.structured_content["projects"]] == names
    assert project.structured_content["experiments"]
    assert unknown.is_error
    assert "There are: search-ranking" in unknown.content[0].text
    assert beyond.is_error
    assert "1 to 1" in beyond.content[0].text
    assert nothing.structured_content == {"result": []}


def test_a_stranger_is_refused_before_the_assistant_is(leadline: Leadline) -> None:
    said = leadline("mcp", "--as", "nobody@else.example", *ON, code=2)
    assert "has no part in" in said
