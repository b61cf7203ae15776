"""How the pages of invitations name who did something, and for whom."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from scheduling.admin.assistants import name_of
from scheduling.models import ServiceResource


def by_whom(user: User | None, resource: ServiceResource | None) -> str:
    """“Alex Assistant for Anna Berger”; empty where nobody is known."""
    if user is None:
        return str(resource or "")
    if resource is None:
        return name_of(user)
    return _("%(assistant)s for %(resource)s") % {
        "assistant": name_of(user),
        "resource": resource,
    }
