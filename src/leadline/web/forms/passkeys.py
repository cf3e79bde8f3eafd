"""Adding a passkey."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from leadline.web.forms.typed import TypedField


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """allauth's form, for accounts that have no password: the passkey alone is enough."""

    name = TypedField(
        label=_("Name"),
        required=False,
        max_length=60,
        help_text=_("So that you know it again: “laptop”, “key ring”."),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone"),
        required=False,
        initial=True,
        help_text=_(
            "It asks for your fingerprint, face or PIN, and for no password. Without this it "
            "is only a second step after a password."
        ),
    )
