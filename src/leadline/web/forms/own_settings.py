"""One's own settings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leadline.practice.mail import Every
from leadline.records.actions.mail import NEVER


class MailForm(forms.Form):
    """How often somebody wants mail."""

    every = forms.ChoiceField(
        label=_("How often"),
        choices=[
            (NEVER, _("Never")),
            (Every.DAY, _("On working days on which something waits")),
            (Every.WEEK, _("Once a week, if something waits")),
        ],
        help_text=_("It says how much waits and where; never what, or about whom."),
    )
