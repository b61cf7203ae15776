"""The pages of a list, and whoever opens them."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from appointments.models import OutboxMessage
from invitations.models import InvitationKey, Letter, ProspectList, Recipient, RecipientMark
from tests.factories import make_resource, make_territory
from tests.invitations.pages import text
from tests.invitations.prospects.lists import make_list
from tests.staff import make_assistant

PAGES = ("recipients", "check", "change", "progress")


def address(name: str, prospect_list: ProspectList, *more: object) -> str:
    return reverse(f"admin:invitations_prospectlist_{name}", args=[prospect_list.pk, *more])


def list_of(**fields) -> ProspectList:
    territory = make_territory()
    host = make_resource(territory, name="Anna Berger")
    return make_list(host, invitation={"territory": territory, "owner": host}, **fields)


def assistant_of(prospect_list: ProspectList, **grant):
    return make_assistant(prospect_list.invitation.owner, **grant)


def act(client, prospect_list, name: str, *recipients, **more: str):
    sent = {"action": name, "_selected_action": [each.pk for each in recipients], **more}
    return text(client.post(address("recipients", prospect_list), sent, follow=True))


def add_more(prospect_list: ProspectList, number: int) -> None:
    """Recipients who got their letter and opened it, in few statements."""
    keys = InvitationKey.objects.bulk_create(
        InvitationKey(invitation=prospect_list.invitation) for _ in range(number)
    )
    recipients = Recipient.objects.bulk_create(
        Recipient(
            prospect_list=prospect_list,
            key=key,
            first_name="Anna",
            last_name="Adler",
            email=f"more{n}@example.com",
        )
        for n, key in enumerate(keys)
    )
    now = timezone.now()
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            kind=Letter.FIRST, object_id=each.pk, not_before=now, result="sent", finished_at=now
        )
        for each in recipients
    )
    RecipientMark.objects.bulk_create(
        RecipientMark(recipient=each, kind=RecipientMark.Kind.OPENED) for each in recipients
    )
