"""Names for addresses, as the people file and the workspace file have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.records.models import Person

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def names_by_address(workspace: Workspace) -> dict[str, str]:
    """Return the name of everybody by each of their addresses."""
    names = {
        address: name
        for name, emails in Person.objects.values_list("name", "emails")
        for address in emails
    }
    lead = workspace.configuration.lead
    return names | {address.lower(): lead.name for address in lead.emails}
