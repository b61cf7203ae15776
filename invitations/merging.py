"""Two records of one client become one."""

from __future__ import annotations

from appointments import clients
from appointments.locks import waiting_for_locks
from invitations.models import InvitationKey, Recipient


@waiting_for_locks()
def merge(kept: int, other: int) -> bool:
    """Give a client all that another one has, then delete that one; say if there was another.

    Links that are out already stay alive, and book for the one that is kept. The same twice is
    once. Raises TooBusyError, and ClientGoneError where the one to be kept is gone.
    """
    found = clients.lock(kept, other)
    if kept not in found:
        raise clients.ClientGoneError
    if other not in found or kept == other:
        return False
    InvitationKey.objects.of_client(found[other]).pass_on(found[kept])
    Recipient.objects.filter(client=other).update(client=kept)
    clients.absorb(found[kept], found[other])
    return True
