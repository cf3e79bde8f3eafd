"""The workspace file of the made-up lead: where things are, and what she intends."""

from __future__ import annotations

from leadline.demo.experiments import PLAN, PREDICTIONS
from leadline.demo.projects import NAMES
from leadline.demo.team import Team

PEOPLE = "people.csv"
CALENDAR = "lead.ics"
EXPERIMENTS = "experiments.csv"
REPOSITORIES = "repositories"
TIMEZONE = "Europe/Berlin"
_IN_PRODUCTION = ("search-ranking", "ad-geo-match")


def workspace_file(team: Team) -> str:
    """Return the text of `leadline.toml`."""
    repositories = "\n".join(_repository(name) for name in NAMES)
    return f"""\
# A made-up team, written by `leadline demo`. Nobody in here exists.
version = 1

[lead]
name = "{team.lead.name}"
emails = ["{team.lead.key}"]
since = {team.lead_since}
timezone = "{TIMEZONE}"
country = "{team.lead.country}"

[people]
file = "{PEOPLE}"

[[calendar]]
file = "{CALENDAR}"

[[experiments]]
file = "{EXPERIMENTS}"

[[experiments]]
plan = "{PLAN}"

[[watch]]
model = "home-page"
source = "{PREDICTIONS}"
owner = "mira@harbour.example"
code = "{REPOSITORIES}/search-ranking"
target = "clicked"

{repositories}
# The share of her hours that Ines means for each kind, 0 to 1.
[hours.intended]
one-on-one = 0.25
project = 0.30
hiring = 0.10
status = 0.10
focus = 0.25
"""


def _repository(name: str) -> str:
    production = "in_production = true\n" if name in _IN_PRODUCTION else ""
    return f'[[repository]]\npath = "{REPOSITORIES}/{name}"\n{production}'
