"""Inviting somebody."""

from django import forms
from django.utils.translation import gettext_lazy as _


class InviteForm(forms.Form):
    """Whom a sign-in link is for."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("As the people file or the workspace file has it."),
    )
