"""Sharing a page with a guest."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leadline.web.forms.typed import TypedField


class ShareForm(forms.Form):
    """Which page, and for how long."""

    page = TypedField(max_length=400)
    label = TypedField(max_length=200)
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=90, initial=14)
