"""Sharing a page with a guest."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ShareForm(forms.Form):
    """Which page, and for how long."""

    page = forms.CharField(max_length=400)
    label = forms.CharField(max_length=200)
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=90, initial=14)
