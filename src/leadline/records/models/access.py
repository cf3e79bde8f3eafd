"""Links that let somebody in: to sign in once, or to see one page as a guest."""

from __future__ import annotations

from django.db import models


class SignInLink(models.Model):
    """A link that signs one person in, once; only a hash of its secret is kept."""

    email = models.EmailField()
    secret_hash = models.CharField(max_length=64, unique=True)
    issued_by = models.CharField(max_length=254, help_text="An address, or `leadline up`.")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-issued_at", "-pk")

    def __str__(self) -> str:
        return f"sign-in link for {self.email}, until {self.expires_at:%Y-%m-%d %H:%M}"


class GuestLink(models.Model):
    """A link to one page for somebody without an account; its address is signed."""

    page = models.CharField(max_length=400, help_text="The path of the page.")
    label = models.CharField(max_length=200, help_text="What the page is called.")
    issued_by = models.EmailField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-issued_at", "-pk")

    def __str__(self) -> str:
        return f"{self.label} for guests, until {self.expires_at:%Y-%m-%d}"
