"""The life of an invitation: what may change, who changed it for whom, and in which state it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from appointments.models import Client as Customer
from appointments.models import Status
from invitations import changes
from invitations.generate import ImpossibleCriteriaError
from invitations.models import (
    Invitation,
    InvitationBooking,
    InvitationEvent,
    InvitationKey,
    InvitationTemplate,
)
from invitations.spans import Span
from invitations.states import WORDS
from scheduling.models import ServiceResource
from tests.factories import (
    at,
    make_appointment,
    make_hours,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

NOW = at("2026-11-20 12:00")
TODAY = dt.date(2026, 11, 20)
LIST = "admin:invitations_invitation_changelist"
MONTH = Span.parse("P1M")
INLINES = ("hosts", "keys", "events")


def named(name: str, **fields: Any) -> InvitationKey:
    territory = make_territory()
    return make_invitation(make_resource(territory, name=name), territory=territory, **fields)


def book(key: InvitationKey, start: str = "2026-11-23 10:00", **fields: Any) -> None:
    host = key.invitation.hosts.all()[0].service_resource
    appointment = make_appointment(host, at(start), **fields)
    InvitationBooking.objects.create(invitation=key.invitation, key=key, appointment=appointment)


TOTALS = [f"{name}-{total}_FORMS" for name in INLINES for total in ("TOTAL", "INITIAL")]


def form_of(invitation: Invitation, **values: Any) -> dict[str, Any]:
    """What the page of an invitation sends, with some of it changed."""
    sent = {name: getattr(invitation, name) for name in changes.EDITABLE}
    sent["owner"] = invitation.owner_id
    sent = {name: value for name, value in {**sent, **values}.items() if value not in (None, False)}
    counts = {
        f"{name}-{total}_FORMS": 0 for name in ("hosts", "keys", "events") for total in TOTALS
    }
    return {**sent, **counts}


TOTALS = ("TOTAL", "INITIAL")


def send(client: Client, invitation: Invitation, **values: Any) -> Any:
    invitation.refresh_from_db()
    address = reverse("admin:invitations_invitation_change", args=[invitation.pk])
    return client.post(address, form_of(invitation, **values))


def act(client: Client, action: str, *keys: InvitationKey, **values: Any) -> Any:
    chosen = [key.invitation_id for key in keys]
    data = {"action": action, "_selected_action": chosen, **values}
    return client.post(reverse(LIST), data, follow=True)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def history(key: InvitationKey) -> list[tuple[str, dict[str, list[str]]]]:
    return [(event.kind, event.details) for event in key.invitation.events.all()]


# Changes


def test_a_change_is_written_down_with_who_did_it_for_whom_from_what_to_what():
    key = make_invitation(until_date=dt.date(2026, 12, 1))
    user, anna = make_user(), make_resource(name="Anna")
    values = {"until_date": dt.date(2026, 12, 24), "max_bookings": 3, "owner": anna, "message": ""}
    assert changes.change(key.invitation_id, values, actor=user, on_behalf_of=anna, now=NOW)
    event = key.invitation.events.get()
    assert (event.kind, event.actor, event.on_behalf_of) == ("changed", user, anna)
    assert event.details == {
        "until_date": ["2026-12-01", "2026-12-24"],
        "max_bookings": ["", "3"],
        "owner": ["", "Anna"],
    }
    key.invitation.refresh_from_db()
    assert (key.invitation.until_date, key.invitation.owner) == (dt.date(2026, 12, 24), anna)


def test_what_stays_the_same_is_not_written_down():
    key = make_invitation(max_bookings=3)
    assert not changes.change(key.invitation_id, {"max_bookings": 3, "is_active": True}, now=NOW)
    assert history(key) == []


def test_being_switched_is_an_event_of_its_own():
    key = make_invitation()
    changes.change(key.invitation_id, {"is_active": False, "message": "Bye"}, now=NOW)
    changes.change(key.invitation_id, {"is_active": True}, now=NOW)
    assert history(key) == [
        ("switched_off", {}),
        ("changed", {"message": ["", "Bye"]}),
        ("switched_on", {}),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"until_date": dt.date(2026, 11, 19)}, "until_date"),
        ({"from_date": dt.date(2026, 12, 25)}, "until_date"),
        ({"expiry_date": dt.date(2026, 11, 19)}, "expiry_date"),
        ({"max_bookings": 0}, "max_bookings"),
        ({"max_per_guest": 0}, "max_per_guest"),
        ({"audience": "recipient"}, "audience"),
    ],
)
def test_what_makes_no_sense_is_refused_whole(values, field):
    key = make_invitation(until_date=dt.date(2026, 12, 24))
    before = Invitation.objects.values().get()
    with pytest.raises(ImpossibleCriteriaError) as caught:
        changes.change(key.invitation_id, {"message": "Hello", **values}, now=NOW)
    assert caught.value.field == field
    assert (Invitation.objects.values().get(), history(key)) == (before, [])


def test_a_limit_is_not_set_below_what_is_booked():
    key = make_invitation()
    book(key)
    book(key, "2026-11-23 11:00", status=Status.CANCELLED)
    book(key, "2026-11-23 12:00")
    with pytest.raises(ImpossibleCriteriaError, match="2 times are booked already"):
        changes.change(key.invitation_id, {"max_bookings": 1}, now=NOW)
    assert changes.change(key.invitation_id, {"max_bookings": 2}, now=NOW)


def test_days_that_are_over_may_stay_while_something_else_changes():
    key = make_invitation(until_date=dt.date(2026, 11, 1), expiry_date=dt.date(2026, 11, 2))
    assert changes.change(key.invitation_id, {"message": "Hello"}, now=NOW)


def test_today_is_that_of_the_invitation():
    key = make_invitation(time_zone="Asia/Tokyo")
    late = at("2026-11-20 20:00")  # the 21st in Tokyo
    with pytest.raises(ImpossibleCriteriaError):
        changes.change(key.invitation_id, {"until_date": TODAY}, now=late)
    assert changes.change(key.invitation_id, {"until_date": TODAY}, now=NOW)


@pytest.mark.parametrize(
    ("ends", "extended"),
    [
        ((dt.date(2026, 12, 10), None), (dt.date(2027, 1, 10), None)),
        ((None, dt.date(2026, 12, 31)), (None, dt.date(2027, 1, 31))),
        (
            (dt.date(2026, 11, 1), dt.date(2026, 12, 1)),
            (dt.date(2026, 12, 20), dt.date(2027, 1, 1)),
        ),
    ],
)
def test_extending_moves_each_last_day_from_today_or_from_where_it_is(ends, extended):
    key = make_invitation(until_date=ends[0], expiry_date=ends[1])
    assert changes.extend(key.invitation_id, MONTH, now=NOW)
    key.invitation.refresh_from_db()
    assert (key.invitation.until_date, key.invitation.expiry_date) == extended


@pytest.mark.parametrize("fields", [{}, {"until_date": dt.date(9999, 12, 30)}])
def test_what_cannot_be_extended_is_refused_with_the_reason(fields):
    key = make_invitation(**fields)
    with pytest.raises(ImpossibleCriteriaError) as caught:
        changes.extend(key.invitation_id, MONTH, now=NOW)
    assert caught.value.message.endswith(("needs no other.", "any calendar goes."))


# States in SQL


def test_the_database_finds_each_state_as_the_invitation_says_it():
    for zone in ("Pacific/Kiritimati", "Europe/Berlin", "Pacific/Pago_Pago"):
        for day in (None, dt.date(2026, 11, 19), TODAY, dt.date(2026, 11, 21)):
            make_invitation(time_zone=zone, until_date=day)
            make_invitation(time_zone=zone, expiry_date=day, is_active=False)
            make_invitation(time_zone=zone, until_date=dt.date(2026, 11, 18), expiry_date=day)
            book(make_invitation(time_zone=zone, expiry_date=day, max_bookings=1))
            book(make_invitation(time_zone=zone, max_bookings=1), status=Status.CANCELLED)
    for hour in (0, 9, 12, 23):
        now = NOW.replace(hour=hour)
        rows = Invitation.objects.with_uses(now)
        for closed in WORDS:
            found = set(Invitation.objects.in_state(closed, now).values_list("pk", flat=True))
            assert found == {row.pk for row in rows if row.closed(now, row.uses) == closed}
            assert found


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("open", ["Free", "Full"]),
        ("used-up", ["Used"]),
        ("expired", ["Expired"]),
        ("switched-off", ["Off"]),
        ("nonsense", ["Expired", "Free", "Full", "Off", "Used"]),
    ],
)
def test_the_list_is_filtered_by_state(state, shown):
    named("Free")
    make_appointment(
        named("Full").invitation.hosts.get().service_resource, NOW, minutes=2 * 366 * 1440
    )
    book(named("Used", max_bookings=1))
    named("Expired", until_date=dt.date(2026, 11, 19))
    named("Off", is_active=False)
    client = signed_in(make_administrator())
    response = client.get(reverse(LIST), {"state": state})
    names = [row.hosts.all()[0].service_resource.name for row in response.context["cl"].result_list]
    assert sorted(names) == shown
    assert client.get(reverse(LIST), {"state": state, "_facets": "True"}).status_code == 200


# The list


def row_of(key: InvitationKey, client: Client | None = None) -> str:
    page = (client or signed_in(make_administrator())).get(reverse(LIST)).content.decode()
    rows = page.split("<tr>")
    return next(row for row in rows if f"/invitation/{key.invitation_id}/change/" in row)


def test_a_row_names_the_next_free_time_in_the_zone_of_the_invitation():
    territory = make_territory(make_hours("America/New_York"))
    key = make_invitation(make_resource(territory), territory=territory, time_zone="Asia/Tokyo")
    assert "Fri 20 Nov 2026, 23:00 (Tokyo)" in row_of(key)


def test_a_row_says_that_nothing_is_free():
    key = make_invitation()
    host = key.invitation.hosts.get().service_resource
    make_appointment(host, NOW, minutes=2 * 366 * 1440)
    assert '">Nothing free</span>' in row_of(key)
    page = reverse("admin:invitations_invitation_change", args=[key.invitation_id])
    assert '">Nothing free</span>' in signed_in(make_administrator()).get(page).content.decode()


def test_a_row_counts_bookings_says_when_the_last_was_made_and_leads_to_them():
    key = make_invitation(max_bookings=5)
    book(key, "2026-11-23 10:00")
    book(key, "2026-11-24 10:00", status=Status.CANCELLED)
    book(make_invitation(), "2026-11-25 10:00")
    row = row_of(key)
    assert ">1 of 5</a>" in row
    assert "Fri 20 Nov 2026, 12:00 (Berlin)" in row
    client = signed_in(make_administrator())
    target = row.split('field-booked"><a href="')[1].split('"')[0]
    assert client.get(target).context["cl"].result_count == 2
    page = client.get(reverse("admin:invitations_invitation_change", args=[key.invitation_id]))
    assert "2 appointments</a>" in page.content.decode()


def test_appointments_of_an_invitation_are_those_that_the_user_may_see():
    territory = make_territory()
    anna, tom = make_resource(territory), make_resource(territory)
    key = make_invitation(anna, tom, territory=territory, any_host=True)
    for host, day in ((anna, 23), (tom, 24)):
        appointment = make_appointment(host, at(f"2026-11-{day} 10:00"))
        InvitationBooking.objects.create(
            invitation=key.invitation, key=key, appointment=appointment
        )
    client = signed_in(own_user(tom))
    page = client.get(reverse("admin:invitations_invitation_change", args=[key.invitation_id]))
    assert "1 appointment</a>" in page.content.decode()
    address = reverse("admin:appointments_appointment_changelist")
    narrowed = {"invitation_booking__invitation__id__exact": key.invitation_id}
    assert client.get(address, narrowed).context["cl"].result_count == 1
    narrowed = {"invitation_booking__invitation__id__exact": make_invitation().invitation_id}
    assert client.get(address, narrowed).context["cl"].result_count == 0
    narrowed = {"invitation_booking__invitation__id__exact": 10**30}
    assert client.get(address, narrowed).context["cl"].result_count == 0
    narrowed = {"invitation_booking__invitation__id__exact": "x"}
    assert client.get(address, narrowed).status_code == 302
    blind = signed_in(make_assistant(tom, can_see_appointments=False))
    page = blind.get(reverse("admin:invitations_invitation_change", args=[key.invitation_id]))
    assert "appointment</a>" not in page.content.decode()
    assert "invitation_booking" not in row_of(key, blind)


def test_a_row_says_whose_it_is_and_who_generated_it():
    anna, tom = make_resource(name="Anna"), make_resource(name="Tom")
    alex = make_user(first_name="Alex", last_name="Assistant")
    made = {"created_by": alex, "on_behalf_of": anna}
    assert ">Alex Assistant for Anna<" in row_of(make_invitation(owner=anna, **made))
    given = row_of(make_invitation(owner=tom, **made))
    assert '>Tom<div class="quiet">Alex Assistant for Anna</div>' in given
    assert ">Tom<" in row_of(make_invitation(owner=tom, created_by=alex))


# The page


def test_the_page_changes_what_may_change_and_nothing_else():
    owner = make_resource()
    key = make_invitation(max_bookings=1)
    before = Invitation.objects.values().get()
    hosts = list(key.invitation.hosts.values())
    stranger = make_resource()
    values = {
        "from_date": "2026-11-23",
        "until_date": "2026-11-27",
        "expiry_date": "2026-11-24",
        "max_bookings": "5",
        "max_per_guest": "2",
        "audience": "clients",
        "message": "Welcome",
        "owner": owner.pk,
        "is_active": "",
    }
    others = {
        "topic": make_topic().pk,
        "work_type": make_work_type().pk,
        "territory": make_territory().pk,
        "any_host": "on",
        "time_zone": "Asia/Tokyo",
        "appointment_type": "video",
        "created_by": make_user().pk,
        "on_behalf_of": stranger.pk,
        "website": 1,
        "template": InvitationTemplate.objects.create(name="Usual", slug="usual").pk,
        "keys-TOTAL_FORMS": 1,
        "keys-INITIAL_FORMS": 1,
        "keys-0-id": key.pk,
        "keys-0-key": "guessable",
        "hosts-TOTAL_FORMS": 1,
        "hosts-0-service_resource": stranger.pk,
        "hosts-0-role": "required",
    }
    response = send(signed_in(make_administrator()), key.invitation, **values, **others)
    assert response.status_code == 302
    assert Invitation.objects.values().get() == {
        **before,
        "from_date": dt.date(2026, 11, 23),
        "until_date": dt.date(2026, 11, 27),
        "expiry_date": dt.date(2026, 11, 24),
        "max_bookings": 5,
        "max_per_guest": 2,
        "audience": "clients",
        "message": "Welcome",
        "owner_id": owner.pk,
        "is_active": False,
    }
    assert InvitationKey.objects.get().key == key.key
    assert list(key.invitation.hosts.values()) == hosts


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"until_date": "2026-11-19"}, "until_date"),
        ({"from_date": "2026-12-25"}, "until_date"),
        ({"expiry_date": "2026-11-19"}, "expiry_date"),
        ({"max_bookings": "0"}, "max_bookings"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(values, field):
    key = make_invitation(until_date=dt.date(2026, 12, 24))
    response = send(signed_in(make_administrator()), key.invitation, **values)
    assert list(response.context["adminform"].errors) == [field]
    assert len(response.context["adminform"].errors[field]) == 1
    assert history(key) == []


def test_what_somebody_else_changed_meanwhile_is_no_crash(monkeypatch):
    key = make_invitation()
    monkeypatch.setattr("invitations.admin.invitations.InvitationForm.clean", lambda form: None)
    response = send(signed_in(make_administrator()), key.invitation, until_date="2026-11-19")
    assert response.status_code == 302
    assert history(key) == []


def test_an_assistants_change_is_recorded_for_whom_they_act_and_read_in_words():
    key = named("Anna Berger", until_date=dt.date(2026, 12, 1))
    anna = key.invitation.hosts.get().service_resource
    assistant = make_assistant(anna)
    client = signed_in(assistant)
    send(client, key.invitation, until_date="2026-12-24")
    event = InvitationEvent.objects.get()
    assert (event.actor, event.on_behalf_of) == (assistant, anna)
    page = client.get(reverse("admin:invitations_invitation_change", args=[key.invitation_id]))
    shown = page.content.decode()
    assert "Until: 1 Dec 2026 → 24 Dec 2026" in shown
    assert f"{assistant.username} for Anna Berger" in shown


def test_an_owner_is_one_for_whom_the_user_may_generate():
    territory = make_territory()
    anna, tom, stranger = (make_resource(territory) for _ in range(3))
    key = make_invitation(anna, territory=territory, owner=anna)
    client = signed_in(own_user(anna))
    response = send(client, key.invitation, owner=stranger.pk)
    assert list(response.context["adminform"].errors) == ["owner"]
    tom.assistant_grants.create(assistant=anna.user)
    assert send(client, key.invitation, owner=tom.pk).status_code == 302
    key.invitation.refresh_from_db()
    assert key.invitation.owner == tom


def test_whoever_gave_away_what_they_only_owned_is_led_to_the_list():
    anna, tom = make_resource(), make_resource(name="Tom")
    key = make_invitation(owner=anna)
    tom.assistant_grants.create(assistant=own_user(anna))
    client = signed_in(anna.user)
    with_continue = send(client, key.invitation, owner=tom.pk, _continue="1")
    assert client.get(with_continue["Location"]).status_code == 200
    tom.assistant_grants.all().delete()
    key = make_invitation(owner=anna)
    office = signed_in(anna.user)
    anna.user.user_permissions.add(Permission.objects.get(codename="add_invitation"))
    response = send(office, key.invitation, owner=tom.pk, _continue="1")
    assert response["Location"] == reverse(LIST)
    assert key.invitation.events.get().details == {"owner": [anna.name, "Tom"]}


def test_links_of_clients_are_shown_to_whoever_may_see_them():
    key = named("Anna")
    customer = Customer.objects.create(first_name="Gerda", last_name="Gast")
    InvitationKey.objects.create(invitation=key.invitation, client=customer)
    anna = key.invitation.hosts.get().service_resource
    page = reverse("admin:invitations_invitation_change", args=[key.invitation_id])
    assert "Gast" in signed_in(own_user(anna)).get(page).content.decode()
    blind = signed_in(make_assistant(anna, can_see_appointments=False))
    assert "Gast" not in blind.get(page).content.decode()


# Several at once


def test_several_are_switched_off_and_on():
    one, two = make_invitation(), make_invitation(is_active=False)
    client = signed_in(make_administrator())
    assert said(act(client, "switch_off", one, two)) == ["1 invitation is off now."]
    assert not Invitation.objects.filter(is_active=True).exists()
    assert said(act(client, "switch_off", one, two)) == ["Nothing changed."]
    assert said(act(client, "switch_on", one, two)) == ["2 invitations are on now."]
    assert [kind for kind, _details in history(one)] == ["switched_off", "switched_on"]
    assert [kind for kind, _details in history(two)] == ["switched_on"]


def test_extending_asks_by_how_long_and_says_what_it_could_not_do():
    one = make_invitation(until_date=dt.date(2026, 12, 1))
    endless, eternal = make_invitation(), make_invitation()
    client = signed_in(make_administrator())
    asked = act(client, "extend", one, endless)
    assert asked.context["form"].fields.keys() == {"by"}
    assert history(one) == []
    empty = act(client, "extend", one, apply="1", by="0", by_unit="W")
    assert list(empty.context["form"].errors) == ["by"]
    done = act(client, "extend", one, endless, eternal, apply="1", by="2", by_unit="W")
    assert said(done) == [
        f"{eternal.invitation}, {endless.invitation}: It has no last day, so it needs no other.",
        "1 invitation was extended.",
    ]
    assert history(one) == [("changed", {"until_date": ["2026-12-01", "2026-12-15"]})]


def test_only_what_the_user_may_change_is_changed():
    territory = make_territory()
    mine, seen, stranger = (make_resource(territory) for _ in range(3))
    keys = [make_invitation(host, territory=territory) for host in (mine, seen, stranger)]
    user = make_assistant(mine)
    seen.assistant_grants.create(assistant=user, can_change_invitations=False)
    response = act(signed_in(user), "switch_off", *keys)
    assert said(response) == [
        "1 invitation is not yours to change.",
        "1 invitation is off now.",
    ]
    off = Invitation.objects.filter(is_active=False)
    assert list(off) == [keys[0].invitation]
    assert InvitationEvent.objects.get().on_behalf_of == mine


def test_whoever_may_change_nothing_is_offered_no_action():
    key = make_invitation()
    host = key.invitation.hosts.get().service_resource
    client = signed_in(make_assistant(host, can_change_invitations=False))
    act(client, "switch_off", key)
    assert Invitation.objects.get().is_active
    page = client.get(reverse("admin:invitations_invitation_change", args=[key.invitation_id]))
    assert 'value="switch_off"' not in page.content.decode()


def test_a_tool_on_the_page_leads_back_to_the_page():
    key = make_invitation()
    client = signed_in(make_administrator())
    page = reverse("admin:invitations_invitation_change", args=[key.invitation_id])
    assert 'value="switch_off"' in client.get(page).content.decode()
    response = act(client, "switch_off", key, page="1")
    assert response.redirect_chain == [(page, 302)]
    assert 'value="switch_on"' in response.content.decode()


# The way to another one


def test_generating_starts_from_an_invitation_a_client_or_chosen_resources():
    key = named("Anna")
    host = key.invitation.hosts.get().service_resource
    customer = Customer.objects.create(first_name="Gerda", last_name="Gast")
    client = signed_in(make_administrator())
    generate = reverse("admin:invitations_invitation_generate")
    page = client.get(reverse("admin:invitations_invitation_change", args=[key.invitation_id]))
    assert f'href="{generate}?like={key.invitation_id}"' in page.content.decode()
    assert f'href="{generate}?like={key.invitation_id}"' in row_of(key, client)
    page = client.get(reverse("admin:appointments_client_change", args=[customer.pk]))
    assert f'href="{generate}?client={customer.pk}"' in page.content.decode()
    other = make_resource(name="Zoe")
    chosen = {"action": "generate", "_selected_action": [other.pk, host.pk]}
    response = client.post(reverse("admin:scheduling_serviceresource_changelist"), chosen)
    assert response["Location"] == f"{generate}?resource={host.pk}&resource={other.pk}"


def test_nobody_is_led_where_they_may_not_go():
    key = named("Anna")
    host = ServiceResource.objects.get()
    book(key, client=Customer.objects.create(first_name="Gerda", last_name="Gast"))
    client = signed_in(make_assistant(host, can_generate_invitations=False))
    for name, number in (
        ("invitations_invitation_change", key.invitation_id),
        ("appointments_client_change", Customer.objects.get().pk),
    ):
        page = client.get(reverse(f"admin:{name}", args=[number]))
        assert page.status_code == 200
        assert reverse("admin:invitations_invitation_generate") not in page.content.decode()
    assert "?like=" not in row_of(key, client)


def test_staff_who_wait_for_the_lock_in_vain_are_told_so(monkeypatch):
    key = make_invitation()
    client = signed_in(make_administrator())

    def locked(number):
        raise OperationalError("database is locked")

    monkeypatch.setattr(Invitation, "lock", locked)
    page = reverse("admin:invitations_invitation_changelist")
    chosen = {"action": "switch_off", "_selected_action": [key.invitation_id]}
    assert "Others are changing the same" in client.post(page, chosen, follow=True).content.decode()
    assert Invitation.objects.get().is_active
