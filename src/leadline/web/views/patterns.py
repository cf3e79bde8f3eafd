"""Every part that pages are built from, once, on one page."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render

from leadline.findings import Citation, Finding, Receipt
from leadline.web.forms.brief import AnswerForm
from leadline.web.kept import Kept
from leadline.web.permissions import reads
from leadline.web.requests import Request


@reads("patterns")
def patterns(request: Request) -> HttpResponse:
    """Show the parts with made-up content."""
    today = request.today
    found = Finding(
        rule="example",
        subject="project:example",
        sentence="The holdout of search-ranking has been open for 41 days.",
        receipts=(
            Receipt(
                source="experiments",
                place="experiments.csv line 12",
                as_of=today,
                command="leadline experiments analyze",
            ),
        ),
        magnitude=41,
        worth=0.5,
        readers=("lead",),
        question="Is there a reason to wait, or can it be decided today?",
        due_on=today + timedelta(days=3),
        citation=Citation(
            text="Nearly half of one-on-ones are rated suboptimal.", source="Rogelberg"
        ),
    )
    broken = AnswerForm({"verdict": "snoozed", "until": "2020-01-01"}, today=today)
    broken.is_valid()
    return render(
        request,
        "patterns/patterns.html",
        {
            "found": found,
            "form": AnswerForm(today=today),
            "broken": broken,
            "kept": Kept(fields=(("look again", today),)),
            "readers": ["the lead"],
        },
    )
