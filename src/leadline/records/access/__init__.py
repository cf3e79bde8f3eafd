"""Who may read or change what: decided here, and nowhere else.

`rules` is the table: one row a kind of record, with its readers and its changers.
`viewers` says who somebody is. `asking` answers: `visible`, `changeable`, `may_read`,
`may_change`, `readers_of`. Pages, fragments, exports, search and tools all ask here.
"""

from leadline.records.access.asking import (
    changeable,
    may_change,
    may_read,
    may_read_finding,
    readers_of,
    readers_of_each,
    reads_to_keep,
    visible,
    visible_findings,
)
from leadline.records.access.rule import Rule
from leadline.records.access.rules import RULES, rule_of, rule_of_model
from leadline.records.access.viewers import Role, Viewer, assistant_of, guest_of, viewer_of
from leadline.records.access.who import (
    GUEST,
    HEAD,
    LEAD,
    NOBODY,
    PARTNER,
    TEAM,
    Who,
    about,
    written_by,
)

__all__ = [
    "GUEST",
    "HEAD",
    "LEAD",
    "NOBODY",
    "PARTNER",
    "RULES",
    "TEAM",
    "Role",
    "Rule",
    "Viewer",
    "Who",
    "about",
    "assistant_of",
    "changeable",
    "guest_of",
    "may_change",
    "may_read",
    "may_read_finding",
    "readers_of",
    "readers_of_each",
    "reads_to_keep",
    "rule_of",
    "rule_of_model",
    "viewer_of",
    "visible",
    "visible_findings",
    "written_by",
]
