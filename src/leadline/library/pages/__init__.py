"""Pages that can be forwarded, and what notebooks show."""

from leadline.library.pages.audit import audit_chart_of, audit_fragment, audit_page
from leadline.library.pages.design import design_chart_of, design_fragment
from leadline.library.pages.ledger import ledger_chart_of, ledger_fragment, ledger_page
from leadline.library.pages.readout import effects_chart_of, readout_fragment, readout_page
from leadline.library.pages.watch import watch_fragment, watch_page

__all__ = [
    "audit_chart_of",
    "audit_fragment",
    "audit_page",
    "design_chart_of",
    "design_fragment",
    "effects_chart_of",
    "ledger_chart_of",
    "ledger_fragment",
    "ledger_page",
    "readout_fragment",
    "readout_page",
    "watch_fragment",
    "watch_page",
]
