"""Generating an invitation: the only way in which one comes into being."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from appointments import clients
from appointments.models import AppointmentType, Client
from invitations.models import (
    GUEST_SIDE,
    Audience,
    CustomerWebsite,
    Invitation,
    InvitationEvent,
    InvitationHost,
    InvitationKey,
    InvitationTemplate,
)
from scheduling.models import SchedulingPolicy, ServiceResource, Territory, WorkType, WorkTypeGroup
from scheduling.models.places import TerritoryQuerySet
from scheduling.models.work import WorkTypeQuerySet

MOST_REQUIRED_HOSTS = 5
"""A primary host and up to four more who all take part (rule A6)."""

LIMITS = ("max_bookings", "max_per_guest")


class ImpossibleCriteriaError(Exception):
    """Under these criteria nobody could ever book.

    ``field`` names the criterion to change, as ``Criteria`` does.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Criteria:
    """What an invitation is to say; the first host is the primary one.

    ``optional`` hosts are invited to what is booked, whether free or not.

    Without topic and work type, and without a territory, the guest chooses. The dates are read
    in ``time_zone``, the last day included (rule T4). With a client, the link is personal (L8).
    The template gives what guests are asked for and told.
    """

    hosts: tuple[ServiceResource, ...]
    optional: tuple[ServiceResource, ...] = ()
    topic: WorkTypeGroup | None = None
    work_type: WorkType | None = None
    territory: Territory | None = None
    appointment_type: str = AppointmentType.IN_PERSON
    any_host: bool = False
    from_date: date | None = None
    until_date: date | None = None
    expiry_date: date | None = None
    max_bookings: int | None = None
    max_per_guest: int | None = None
    audience: str = Audience.ANYONE
    respects_wishes: bool = False
    allows_extended_hours: bool = False
    scheduling_policy: SchedulingPolicy | None = None
    message: str = ""
    website: CustomerWebsite | None = None
    client: Client | None = None
    template: InvitationTemplate | None = None

    @property
    def time_zone(self) -> ZoneInfo:
        """The territory's zone, else the first host's."""
        zone: ZoneInfo = self.territory.time_zone if self.territory else self.hosts[0].time_zone
        return zone


@transaction.atomic
def generate(
    criteria: Criteria,
    *,
    created_by: User | None = None,
    on_behalf_of: ServiceResource | None = None,
    today: date,
) -> InvitationKey:
    """Write an invitation with its hosts and a key to give away.

    ``today`` is the date in the zone of the criteria. Raises ImpossibleCriteriaError for the
    first criterion that can't hold; nothing is written then. Who may invite for these hosts is
    for the caller to ask of ``scheduling.access``.
    """
    check(criteria, today)
    invitation = draft_of(criteria)
    invitation.created_by = created_by
    invitation.on_behalf_of = on_behalf_of
    invitation.owner = on_behalf_of or criteria.hosts[0]
    invitation.save()
    _write_hosts(invitation, criteria)
    InvitationEvent.objects.create(
        invitation=invitation,
        kind=InvitationEvent.Kind.GENERATED,
        actor=created_by,
        on_behalf_of=on_behalf_of,
    )
    return InvitationKey.objects.create(invitation=invitation, client=_recipient(criteria))


def _recipient(criteria: Criteria) -> Client | None:
    try:
        return criteria.client and clients.hold(criteria.client)
    except clients.ClientGoneError as error:
        text = _("This client was merged with another one just now. Please choose again.")
        raise ImpossibleCriteriaError("client", text) from error


def draft_of(criteria: Criteria) -> Invitation:
    """The invitation that these criteria would make, not saved, without hosts and keys."""
    template = criteria.template
    guest_side = {name: getattr(template, name) for name in GUEST_SIDE} if template else {}
    return Invitation(
        topic=criteria.topic,
        work_type=criteria.work_type,
        territory=criteria.territory,
        appointment_type=criteria.appointment_type,
        any_host=criteria.any_host,
        from_date=criteria.from_date,
        until_date=criteria.until_date,
        expiry_date=criteria.expiry_date,
        max_bookings=criteria.max_bookings,
        max_per_guest=criteria.max_per_guest,
        audience=criteria.audience,
        respects_wishes=criteria.respects_wishes,
        allows_extended_hours=criteria.allows_extended_hours,
        scheduling_policy=criteria.scheduling_policy,
        message=criteria.message,
        website=criteria.website,
        template=template,
        time_zone=criteria.time_zone,
        **guest_side,
    )


def check(criteria: Criteria, today: date) -> None:
    """Raise ImpossibleCriteriaError for the first criterion that can't hold."""
    for problem in _problems(criteria, today):
        raise problem


def _write_hosts(invitation: Invitation, criteria: Criteria) -> None:
    roles = dict.fromkeys(criteria.optional, InvitationHost.Role.OPTIONAL)
    roles = dict.fromkeys(criteria.hosts, InvitationHost.Role.REQUIRED) | roles
    roles[criteria.hosts[0]] = InvitationHost.Role.PRIMARY
    InvitationHost.objects.bulk_create(
        InvitationHost(invitation=invitation, service_resource=host, position=position, role=role)
        for position, (host, role) in enumerate(roles.items())
    )


def _problems(criteria: Criteria, today: date) -> Iterator[ImpossibleCriteriaError]:
    yield from _hosts_problems(criteria)
    yield from _offer_problems(criteria)
    yield from _date_problems(criteria, today)
    yield from limit_problems({name: getattr(criteria, name) for name in LIMITS})
    yield from _audience_problems(criteria)


def _hosts_problems(criteria: Criteria) -> Iterator[ImpossibleCriteriaError]:
    hosts = dict.fromkeys(criteria.hosts)
    if not hosts:
        yield ImpossibleCriteriaError("hosts", _("Choose who the invitation is to."))
    if not criteria.any_host and len(hosts) > MOST_REQUIRED_HOSTS:
        text = _(
            "At most %(most)s people can all take part. Choose fewer, or let any one of them do."
        )
        yield ImpossibleCriteriaError("hosts", text % {"most": MOST_REQUIRED_HOSTS})
    for host in hosts:
        if not host.is_active:
            text = _("%(host)s is not active and can’t be booked at present.")
            yield ImpossibleCriteriaError("hosts", text % {"host": host})
    if criteria.optional and criteria.work_type and criteria.work_type.is_for_groups:
        text = _("Who joins a group is chosen when it is planned; nobody is invited beside.")
        yield ImpossibleCriteriaError("optional", text)
    for host in criteria.optional:
        if host in hosts:
            text = _("%(host)s is one of the hosts already. Choose one or the other.")
            yield ImpossibleCriteriaError("optional", text % {"host": host})
        if not host.is_active:
            text = _("%(host)s is not active and can’t be invited at present.")
            yield ImpossibleCriteriaError("optional", text % {"host": host})


def _offer_problems(criteria: Criteria) -> Iterator[ImpossibleCriteriaError]:
    """Whether the hosts work where the work is offered, by the questions of a guest's visit."""
    if criteria.topic and criteria.work_type:
        yield ImpossibleCriteriaError("topic", _("Choose a topic or a work type, not both."))
    hosts = dict.fromkeys(criteria.hosts)
    needed = 1 if criteria.any_host else len(hosts)
    territories = Territory.objects.worked_by(hosts, at_least=needed)
    names = get_text_list([host.name for host in hosts], _("and"))
    if not territories.exists():
        text = _("There is no place at which %(hosts)s work together.")
        if needed == 1:
            text = _("%(hosts)s: no place of work is known yet. Add a membership first.")
        yield ImpossibleCriteriaError("hosts", text % {"hosts": names})
    if place := criteria.territory:
        territories = territories.filter(pk=place.pk)
        if not territories.exists():
            text = _("%(place)s is not a place of %(hosts)s. Choose another, or none.")
            yield ImpossibleCriteriaError("territory", text % {"place": place, "hosts": names})
    yield from _work_problems(criteria, territories)


def _work_problems(
    criteria: Criteria, territories: TerritoryQuerySet
) -> Iterator[ImpossibleCriteriaError]:
    if not criteria.topic and not criteria.work_type:
        if not WorkTypeGroup.objects.offered_in(territories).exists():
            text = _("No topic is offered there yet. Add work types to the territory first.")
            yield ImpossibleCriteriaError("topic", text)
        return
    if territories.offering(_work_types(criteria)).exists():
        return
    text = _("“%(work)s” isn’t offered where the people of this invitation work.")
    if criteria.territory:
        text = _("“%(work)s” isn’t offered at %(place)s.")
    values = {"work": criteria.topic or criteria.work_type, "place": criteria.territory}
    yield ImpossibleCriteriaError("topic" if criteria.topic else "work_type", text % values)


def _work_types(criteria: Criteria) -> WorkTypeQuerySet:
    if criteria.work_type:
        return WorkType.objects.filter(pk=criteria.work_type.pk)
    return WorkType.objects.filter(groups=criteria.topic)


def _date_problems(criteria: Criteria, today: date) -> Iterator[ImpossibleCriteriaError]:
    yield from order_problems(criteria.from_date, criteria.until_date)
    yield from past_problems(criteria.until_date, criteria.expiry_date, today)


def order_problems(first: date | None, last: date | None) -> Iterator[ImpossibleCriteriaError]:
    """What is wrong with the order of the first and the last day to be booked."""
    if last and first and last < first:
        text = _("The last day to be booked must not be before the first.")
        yield ImpossibleCriteriaError("until_date", text)


def past_problems(
    last: date | None, expiry: date | None, today: date
) -> Iterator[ImpossibleCriteriaError]:
    """Which of the days that somebody sets are over already."""
    if last and last < today:
        text = _("The last day to be booked is over already.")
        yield ImpossibleCriteriaError("until_date", text)
    if expiry and expiry < today:
        text = _("The link would have expired already. Choose today or a later day.")
        yield ImpossibleCriteriaError("expiry_date", text)


def limit_problems(limits: Mapping[str, int | None]) -> Iterator[ImpossibleCriteriaError]:
    """Which of the numbers of bookings allow none, by the name of the criterion."""
    for limit, number in limits.items():
        if number is not None and number < 1:
            yield ImpossibleCriteriaError(limit, _("Allow at least one booking."))


def _audience_problems(criteria: Criteria) -> Iterator[ImpossibleCriteriaError]:
    if criteria.audience == Audience.RECIPIENT and criteria.client is None:
        text = _("Only the client of the link may book, so choose who that is.")
        yield ImpossibleCriteriaError("client", text)
