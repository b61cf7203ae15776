"""The people behind the admin: administrators, a resource's own user, an assistant."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from scheduling.groups import ADMINISTRATORS, ASSISTANTS, RESOURCES, join
from scheduling.models import AssistantGrant, ServiceResource

_numbers = count(1)


def make_user(name: str = "somebody", **fields: Any) -> User:
    """Staff without any permission."""
    username = f"{name}{next(_numbers)}"
    return User.objects.create_user(username, **{"is_staff": True, **fields})


def make_administrator() -> User:
    """A superuser, whom no permission stops."""
    return make_user("root", is_superuser=True)


def make_scheduling_administrator() -> User:
    """One for daily work, by the ready-made group alone."""
    user = make_user("office")
    join(user, ADMINISTRATORS)
    return user


def make_assistant(*resources: ServiceResource, **fields: Any) -> User:
    """An assistant to whom these resources gave the same grant."""
    user = make_user("assistant")
    join(user, ASSISTANTS)
    for resource in resources:
        AssistantGrant.objects.create(service_resource=resource, assistant=user, **fields)
    return user


def own_user(resource: ServiceResource) -> User:
    """A log-in of the resource itself."""
    resource.user = make_user("own")
    join(resource.user, RESOURCES)
    resource.save(update_fields=["user"])
    return resource.user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
