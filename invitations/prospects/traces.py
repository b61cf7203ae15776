"""What was done with a list, and by whom, written down beside its invitation's changes."""

from __future__ import annotations

from appointments.changes import Author
from invitations.models import InvitationEvent, ProspectList

NOBODY = Author()
"""No person: the program itself."""


def log(prospect_list: ProspectList, kind: str, author: Author) -> None:
    InvitationEvent.objects.create(
        invitation_id=prospect_list.invitation_id,
        kind=kind,
        actor=author.user,
        on_behalf_of=author.on_behalf_of,
    )
