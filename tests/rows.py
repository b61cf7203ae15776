"""A row of any model that belongs to a resource, made from what the model's fields ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import models
from timezone_field import TimeZoneField

from appointments.models import Appointment, Client
from invitations.models import Invitation, InvitationKey, ProspectList, Recipient
from scheduling.models import AbsencePattern, ServiceResource, ShiftPattern
from tests.factories import make_appointment, make_invitation, make_territory
from tests.scheduling.recurring import make_absence_pattern, make_shift_pattern
from tests.staff import make_user

_numbers = count(1)
BEGIN = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)  # hours are added, and its clock never changes


def later() -> dt.datetime:
    """An hour after the one before it."""
    return BEGIN + dt.timedelta(hours=next(_numbers))


def their_appointment(resource: ServiceResource) -> Appointment:
    return make_appointment(resource, later(), client=their_client_to_be())


def their_client_to_be() -> Client:
    name = f"Guest {next(_numbers)}"
    return Client.objects.create(first_name="Gerda", last_name=name, email="gerda@example.com")


def their_client(resource: ServiceResource) -> Client:
    client = their_appointment(resource).client
    assert client is not None
    return client


def their_invitation(resource: ServiceResource) -> Invitation:
    return make_invitation(resource, territory=make_territory()).invitation


def their_list(resource: ServiceResource) -> ProspectList:
    invitation = their_invitation(resource)
    return ProspectList.objects.create(invitation=invitation, name=f"List {next(_numbers)}")


def their_recipient(resource: ServiceResource) -> Recipient:
    prospect_list = their_list(resource)
    return Recipient.objects.create(
        prospect_list=prospect_list,
        key=InvitationKey.objects.create(invitation=prospect_list.invitation),
        first_name="Petra",
        last_name=f"Prospekt {next(_numbers)}",
        email="petra@example.com",
    )


def their_shift_pattern(resource: ServiceResource) -> ShiftPattern:
    return make_shift_pattern(service_resource=resource)


def their_absence_pattern(resource: ServiceResource) -> AbsencePattern:
    return make_absence_pattern(service_resource=resource)


# What belongs to a resource in other ways than by a field of its own, or belongs to nobody; and
# what recurs, by a rule.
MAKERS: dict[type[models.Model], Callable[[ServiceResource], models.Model]] = {
    AbsencePattern: their_absence_pattern,
    Appointment: their_appointment,
    Client: their_client,
    Group: lambda resource: Group.objects.create(name=f"Group {next(_numbers)}"),
    Invitation: their_invitation,
    ProspectList: their_list,
    Recipient: their_recipient,
    ServiceResource: lambda resource: resource,
    ShiftPattern: their_shift_pattern,
    User: lambda resource: make_user(),
}

VALUES: list[tuple[type[models.Field[Any, Any]], Callable[[], Any]]] = [
    (models.EmailField, lambda: f"somebody{next(_numbers)}@example.com"),
    (models.URLField, lambda: f"https://www.example.com/{next(_numbers)}"),
    (models.SlugField, lambda: f"number-{next(_numbers)}"),
    (TimeZoneField, lambda: "Europe/Berlin"),
    (models.CharField, lambda: f"Number {next(_numbers)}"),
    (models.TextField, lambda: f"Number {next(_numbers)}"),
    (models.IntegerField, lambda: 30),
    (models.DateTimeField, later),
    (models.DateField, lambda: later().date()),
    (models.TimeField, lambda: later().time()),
]


def make_row(model: type[models.Model], resource: ServiceResource) -> models.Model:
    """A new row of the resource's, or of nobody's where its model has no way to a resource."""
    if model in MAKERS:
        return MAKERS[model](resource)
    fields = [field for field in model._meta.concrete_fields if _is_asked(field)]
    return model._default_manager.create(
        **{field.name: _value(field, resource) for field in fields}
    )


def _is_asked(field: models.Field[Any, Any]) -> bool:
    if field.related_model is ServiceResource:
        return True
    given = field.primary_key or field.has_default() or getattr(field, "auto_now_add", False)
    return not given and not field.null and not field.blank


def _value(field: models.Field[Any, Any], resource: ServiceResource) -> Any:
    if field.related_model:
        return make_row(field.related_model, resource)  # type: ignore[arg-type]
    if field.choices:
        return field.choices[0][0]  # type: ignore[index]
    return next(make() for kind, make in VALUES if isinstance(field, kind))
