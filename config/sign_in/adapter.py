"""What this site settles about signing in, where django-allauth asks."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from appointments import clients


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # it has no types
    """Nobody signs up: clients are known already, staff are added in the admin."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff to the admin, clients to their appointments."""
        return reverse("admin:index" if request.user.is_staff else "my_appointments")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A client has proved their address, by a code or by a provider that vouches for it."""
        if not user.is_staff:
            clients.prove(user.email, timezone.now())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response
