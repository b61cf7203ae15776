"""How a list comes into being: for an invitation that was generated."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.text import Truncator

from invitations.models import Invitation, ProspectList
from invitations.summary import heading

LONGEST_NAME = 100


def begin(invitation: Invitation, user: User) -> ProspectList:
    """The list of an invitation, an empty one where there is none yet: twice is once."""
    name = Truncator(heading(invitation)).chars(LONGEST_NAME)
    defaults = {"name": name, "created_by": user}
    return ProspectList.objects.get_or_create(invitation=invitation, defaults=defaults)[0]
