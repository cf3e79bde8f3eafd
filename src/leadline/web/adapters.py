"""Who may have an account: people of the workspace, by their address, and nobody else."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.models import User

from leadline.records.access import viewer_of
from leadline.web.requests import Request
from leadline.web.views import errors


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody makes an account of their own: a link or single sign-on makes it."""

    def is_open_for_signup(self, request: Request) -> bool:  # noqa: ARG002
        """Return False: an address is what decides who may read what."""
        return False


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on lets in whoever the roster knows by a verified address."""

    def pre_social_login(self, request: Request, sociallogin: Any) -> None:
        """Turn strangers away before an account exists.

        Only an address that the provider has verified counts; it becomes the account's.
        """
        verified = [one.email for one in sociallogin.email_addresses if one.verified]
        known = [address for address in verified if is_known(request, address)]
        if not known:
            raise ImmediateHttpResponse(errors.stranger(request, verified))
        sociallogin.user.email = known[0].lower()
        sociallogin.user.username = known[0].lower()
        if not sociallogin.is_existing:
            user = User.objects.filter(username=known[0].lower()).first()
            if user:
                sociallogin.connect(request, user)

    def is_open_for_signup(self, request: Request, sociallogin: Any) -> bool:
        """Whether an account may be made: only after `pre_social_login` knew the address."""
        return is_known(request, sociallogin.user.email)


def is_known(request: Request, address: str) -> bool:
    """Whether an address is somebody of the workspace today."""
    found = viewer_of(request.workspace, address, today=request.today)
    return found is not None


def account_of(address: str) -> User:
    """Return the account of an address, made if there is none; it has no password."""
    user, is_new = User.objects.get_or_create(username=address, defaults={"email": address})
    if is_new:
        user.set_unusable_password()
        user.save()
    return user
