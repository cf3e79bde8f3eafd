"""The one-page brief of a project: the agenda for the hour with its owner."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.practice.knowledge.areas import NONE, ONE, SHARED, UNKNOWN, Area
from leadline.practice.knowledge.handover import at_risk, successors
from leadline.practice.knowledge.members import Member
from leadline.practice.knowledge.rules import listed, place
from leadline.practice.projects import Project

_NOT_PROSE = re.compile(r"^(#|!?\[|<|={3,}|-{3,}|\||```|\.\. |>|\s*$)")
_DATA = re.compile(r"(?i)(^|/)(data|datasets?|features?|metrics?|evaluation|eval)(?=/|\.|_|$)")
_AREAS = 8


def project_brief(project: Project) -> str:
    """Write what is known of a project and ask what is not, as Markdown.

    Parameters
    ----------
    project : Project
        One of the inventory.

    Returns
    -------
    str
        About a page: purpose, data, metric, open risks, who knows what, and questions
        that begin with "Based on what I understood", for the owner to confirm or refute.
    """
    return "\n".join(_lines(project)) + "\n"


def purpose(readme: str) -> str:
    """Return the first paragraph of prose in a README; empty where there is none."""
    paragraph: list[str] = []
    for line in readme.splitlines():
        if _NOT_PROSE.match(line):
            if paragraph:
                break
        else:
            paragraph.append(line.strip())
    return " ".join(paragraph)


def _lines(project: Project) -> Iterator[str]:
    knowledge, area = project.knowledge, project.area
    owner = project.owners[0].name if project.owners else "nobody found yet"
    said = "" if area.path else purpose(knowledge.readme)
    yield f"# {project.name}: the hour with {owner}"
    yield ""
    yield f"*{project.state.capitalize()}: {project.reason}.*"
    if project.decision_on:
        yield f"*Next decision: {project.decision_on}.*"
    yield from _section("Purpose", [said or "Not written down where git could find it."])
    yield from _section("In use", project.evidence or ["Nothing in git shows it."])
    yield from _section("Data and metric", _data(project))
    yield from _section("Open risks", list(risks(project)))
    yield from _section("Who knows what", list(_who(project)))
    yield from _section("Questions", list(questions(project, said=said)))
    yield ""
    yield (
        f"<sub>From git, {knowledge.name}@{knowledge.head[:10]}, as of {knowledge.today}: "
        f"`leadline knowledge {knowledge.location}"
        f"{f' --area {area.path}' if area.path else ''}`</sub>"
    )


def _section(title: str, entries: list[str] | tuple[str, ...]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    for entry in entries:
        yield f"- {entry}"


def _data(project: Project) -> list[str]:
    """Name the places that look like data or its checks; git knows no more than that."""
    area = project.area.path
    places = sorted(
        {
            file.path[: match.end(2)]
            for file in project.knowledge.files_in(area)
            if (match := _DATA.search(file.path, len(area)))
        }
    )
    if not places:
        return ["Nothing in git names them: what goes in, and which number tells if it works?"]
    return [f"See {listed(f'`{found}`' for found in places[:4])}."]


def risks(project: Project) -> Iterator[str]:
    """Yield what of a project one leaving would orphan, or has, one sentence each."""
    knowledge, area = project.knowledge, project.area
    inside = [
        risk
        for risk in at_risk(knowledge, depth=2)
        if not risk.path or not area.path or f"{risk.path}/".startswith(f"{area.path}/")
    ]
    for risk in inside[:_AREAS]:
        where = place(knowledge, risk.path)
        if risk.owner is None:
            yield f"{where}: those who wrote most of it are gone."
        else:
            yield f"{where}: {_leaves(risk.owner)} alone knows most of it."
    if not inside:
        yield "None that git shows."


def _leaves(member: Member) -> str:
    return f"{member.name} (last day {member.ends_on})" if member.ends_on else member.name


def _who(project: Project) -> Iterator[str]:
    knowledge = project.knowledge
    areas = [
        area
        for area in knowledge.areas(depth=project.area.path.count("/") + 2)
        if area.path.startswith(f"{project.area.path}/" if project.area.path else "")
        and area.path.count("/")
        == (project.area.path.count("/") + 1 if project.area.path else 0)
    ]
    for area in (areas or [project.area])[:_AREAS]:
        yield f"{place(knowledge, area.path)}: {_people(project, area)}"


def _people(project: Project, area: Area) -> str:
    if area.here:
        return listed(member.name for member in area.here[:3])
    nearest = successors(project.knowledge, area.path, limit=1)
    if area.state == UNKNOWN or not nearest:
        return "nobody found"
    return f"nobody who is here; {nearest[0].member.name} is closest ({nearest[0].reason})"


def questions(project: Project, *, said: str) -> Iterator[str]:
    """Yield what to ask the owner, each beginning with what was understood so far."""
    understood = "Based on what I understood, "
    if said:
        yield f"{understood}it is this: “{said[:200]}”. Who uses it, and to decide what?"
    else:
        yield f"{understood}nobody wrote down what it is for. Who uses it, and for what?"
    if project.evidence:
        yield f"{understood}it is in use ({project.evidence[0]}). What breaks without it?"
    else:
        yield f"{understood}nobody depends on it yet. What would have to be true for that?"
    if project.area.state in (ONE, NONE):
        yield f"{understood}one person's absence would stop it. Who is learning it next?"
    elif project.area.state == SHARED:
        yield f"{understood}several people could change it. Who decides when they disagree?"
    yield f"{understood}it {project.reason}. What is the next decision, and when?"
