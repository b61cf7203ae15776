"""Who of a table can go onto a list, and who can't, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.models import Client
from appointments.models.addresses import folded
from invitations.models import (
    DoNotContact,
    Invitation,
    InvitationKey,
    ProspectList,
    Recipient,
    RecipientMark,
)
from invitations.prospects.columns import Column, Matching
from invitations.prospects.forms import RecipientForm
from invitations.prospects.tables import Row


class Prospect(NamedTuple):
    """Somebody who may become a recipient; ``client`` is who was chosen among the clients."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    client: Client | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @classmethod
    def of(cls, client: Client) -> Prospect:
        return cls(client.first_name, client.last_name, client.email, client.phone, client)


class Reason(models.TextChoices):
    """Why somebody is left out."""

    WRONG = "wrong", _("Something is missing or wrong")
    TWICE = "twice", _("In the table more than once")
    LISTED = "listed", _("On the list already")
    UNWANTED = "unwanted", _("Asked us not to write")
    INVITED = "invited", _("Have a link that is still open")


class LeftOut(NamedTuple):
    """A row that is left out, by its number, with whom or what it is about and why."""

    row: int
    who: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Addresses, each as ``folded()`` makes it: on the list, unwanted, and with an open link.

    ``clients`` are the keys of those on the list who were chosen among the clients.
    """

    listed: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    invited: frozenset[str] = frozenset()
    clients: frozenset[int] = frozenset()

    def objection(self, prospect: Prospect, *, includes_invited: bool) -> Reason | None:
        """Why somebody can't be added, None if they can."""
        address = folded(prospect.email)
        if address in self.unwanted:
            return Reason.UNWANTED
        if address in self.listed or (prospect.client and prospect.client.pk in self.clients):
            return Reason.LISTED
        if address in self.invited and not includes_invited:
            return Reason.INVITED
        return None


@dataclass(slots=True)
class Review:
    """What would come of prospects: who is added, and who is left out by reason."""

    prospects: list[Prospect] = field(default_factory=list)
    left_out: dict[Reason, list[LeftOut]] = field(
        default_factory=lambda: {reason: [] for reason in Reason}
    )


def review(
    rows: Sequence[Row], matching: Matching, known: Known, *, includes_invited: bool
) -> Review:
    """Sift the prospects of a table, those that can't be read set apart."""
    numbered, wrong = [], []
    for row in matching.body(rows):
        prospect = read_prospect(matching.texts(row))
        if isinstance(prospect, LeftOut):
            wrong.append(prospect._replace(row=row.number))
        else:
            numbered.append((row.number, prospect))
    found = sift(numbered, known, includes_invited=includes_invited)
    found.left_out[Reason.WRONG] = wrong
    return found


def sift(
    numbered: Iterable[tuple[int, Prospect]], known: Known, *, includes_invited: bool
) -> Review:
    """Part those who can be added from those who can't; each comes with the number of its row."""
    found = Review()
    first_rows: dict[str, int] = {}
    for number, prospect in numbered:
        first = first_rows.setdefault(folded(prospect.email), number)
        reason = known.objection(prospect, includes_invited=includes_invited)
        if first != number:
            why = gettext("like row %(row)s") % {"row": first}
            found.left_out[Reason.TWICE].append(LeftOut(number, prospect.email, why))
        elif reason:
            found.left_out[reason].append(LeftOut(number, prospect.email))
        else:
            found.prospects.append(prospect)
    return found


def read_prospect(texts: dict[str, str]) -> Prospect | LeftOut:
    """Somebody as the form for a single one would read them; LeftOut has the first fault."""
    values = {}
    for name, form_field in RecipientForm.base_fields.items():
        text = texts.get(name, "")
        try:
            values[name] = form_field.clean(text)
        except ValidationError as error:
            label = str(Column(name).label)
            who = f"{label}: {text}" if text.strip() else label
            return LeftOut(0, who, " ".join(error.messages))
    return Prospect(**values)


def known_about(prospect_list: ProspectList, *, sees_clients: bool, now: datetime) -> Known:
    """What is known of addresses; links of clients only for whoever sees those."""
    return Known(
        listed=_addresses(prospect_list.recipients.values_list("email", flat=True)),
        unwanted=_addresses(DoNotContact.objects.values_list("email", flat=True)),
        invited=_invited(prospect_list, sees_clients=sees_clients, now=now),
        clients=frozenset(
            prospect_list.recipients.exclude(client=None).values_list("client", flat=True)
        ),
    )


def _invited(prospect_list: ProspectList, *, sees_clients: bool, now: datetime) -> frozenset[str]:
    """Who has an open link of their own to the same owner."""
    owner = prospect_list.invitation.owner
    if owner is None:
        return frozenset()
    theirs = Invitation.objects.filter(owner=owner).in_state(None, now).values("pk")
    withdrawn = RecipientMark.objects.filter(kind=RecipientMark.Kind.WITHDRAWN)
    others = Recipient.objects.filter(prospect_list__invitation__in=theirs)
    others = others.exclude(pk__in=withdrawn.values("recipient"))
    found = _addresses(others.values_list("email", flat=True))
    if sees_clients:
        keys = InvitationKey.objects.filter(invitation__in=theirs, client__isnull=False)
        found |= _addresses(keys.values_list("client__email", flat=True))
    return found


def _addresses(emails: Iterable[str]) -> frozenset[str]:
    return frozenset(map(folded, emails))
