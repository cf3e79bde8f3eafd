"""A diagnosis that a notebook shows as its page."""

from __future__ import annotations

from dataclasses import fields
from html import escape

from leadline.analysis.diagnosis.result import Diagnosis


class NotebookDiagnosis(Diagnosis):
    """The same values; a notebook's cell shows pictures and tables."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from leadline.library.diagnosis_page import page  # noqa: PLC0415 (charts take a second)

        # A frame of its own: the page's styles stay off the notebook, and the other way.
        return (
            f'<iframe srcdoc="{escape(page(self))}" title="Diagnosis" '
            'style="width: 100%; height: 40rem; border: 0"></iframe>'
        )


def for_notebook(diagnosis: Diagnosis) -> NotebookDiagnosis:
    """Return the same diagnosis as one that a notebook can show."""
    return NotebookDiagnosis(**{f.name: getattr(diagnosis, f.name) for f in fields(diagnosis)})
