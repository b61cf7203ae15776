"""What the page of a client shows, and what becomes of an address that staff change."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appointments.admin.clients import ClientPages
from appointments.admin.of_client import MOST
from appointments.models import Appointment, Client
from invitations.models import InvitationKey
from scheduling.models import ServiceResource
from tests.factories import at, make_appointment, make_invitation, make_resource, make_territory
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-23 10:00")


def make_client(**fields: Any) -> Client:
    defaults = {"first_name": "Gerda", "last_name": "Gast", "email": "gerda@example.com"}
    return Client.objects.create(**{**defaults, **fields})


def address(client: Client) -> str:
    return reverse("admin:appointments_client_change", args=[client.pk])


def page(user: User, client: Client) -> dict[str, Any]:
    response = signed_in(user).get(address(client))
    assert response.status_code == 200
    return response.context


def link_to(client: Client, host: ServiceResource) -> InvitationKey:
    invitation = make_invitation(host, territory=make_territory()).invitation
    return invitation.keys.create(client=client)


def booked_urls(context: Any) -> list[str]:
    return [line.url for line in context["appointments"].lines]


def url_of(appointment: Appointment) -> str:
    return reverse("admin:appointments_appointment_change", args=[appointment.pk])


def form_of(client: Client, **fields: str) -> dict[str, Any]:
    names = ("first_name", "last_name", "email", "phone")
    known = {name: getattr(client, name) for name in names}
    management = {"resource_preferences-TOTAL_FORMS": 0, "resource_preferences-INITIAL_FORMS": 0}
    return {**management, **known, "visiting_hours": "", **fields}


def change(user: User, client: Client, **fields: str) -> Client:
    response = signed_in(user).post(address(client), form_of(client, **fields))
    assert response.status_code == 302, response.context["errors"]
    client.refresh_from_db()
    return client


def test_it_shows_what_was_booked_as_the_client_or_with_the_address_they_proved():
    client = make_client(verified_at=START)
    own = make_appointment(make_resource(), START, client=client)
    guests = make_appointment(make_resource(), START - dt.timedelta(days=1))
    make_appointment(make_resource(), START, email="another@example.com")
    context = page(make_administrator(), client)
    assert booked_urls(context) == [url_of(own), url_of(guests)]
    line = context["appointments"].lines[0]
    assert line.name == "Mon 23 Nov 2026, 10:00 (Berlin)"
    assert "Scheduled" in line.state


def test_what_was_booked_with_an_address_that_is_not_proved_is_not_theirs():
    client = make_client()
    make_appointment(make_resource(), START)
    assert booked_urls(page(make_administrator(), client)) == []


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_what_they_booked_with_others_is_not_shown(make):
    mine, other = make_resource(), make_resource()
    client = make_client()
    own = make_appointment(mine, START, client=client)
    make_appointment(other, START, client=client)
    shown = link_to(client, mine)
    link_to(client, other)
    context = page(make(mine), client)
    assert booked_urls(context) == [url_of(own)]
    assert [line.url for line in context["links"].lines] == [link_page(shown)]


def link_page(key: InvitationKey) -> str:
    page = reverse("admin:invitations_invitation_link", args=[key.invitation_id])
    return f"{page}?link={key.pk}"


def test_links_lead_to_the_page_where_they_are_shared():
    client = make_client()
    key = link_to(client, make_resource())
    user = make_administrator()
    (line,) = page(user, client)["links"].lines
    assert (line.url, "Open" in line.state) == (link_page(key), True)
    assert key.key in signed_in(user).get(line.url).content.decode()


def test_an_assistant_sees_no_link_of_a_resource_whose_clients_they_dont_see():
    mine, other = make_resource(), make_resource()
    client = make_client()
    make_appointment(mine, START, client=client)
    link_to(client, other)
    user = make_assistant(mine)
    user.assistant_grants.create(service_resource=other, can_see_appointments=False)
    assert page(user, client)["links"].lines == []
    listed = signed_in(user).get(
        reverse("admin:invitations_invitation_changelist"), {"of_client": client.pk}
    )
    assert list(listed.context["cl"].queryset) == []


def test_others_with_the_same_address_are_named_in_any_case_of_its_letters():
    client = make_client()
    other = make_client(first_name="Gerda Maria", email="GERDA@example.com")
    make_client(email="another@example.com")
    assert list(page(make_administrator(), client)["others"]) == [other]


def test_an_assistant_is_told_of_no_other_whom_they_dont_see():
    mine = make_resource()
    client = make_client()
    make_appointment(mine, START, client=client)
    make_client(first_name="Hidden")
    response = signed_in(make_assistant(mine)).get(address(client))
    assert "Hidden" not in response.content.decode()


def test_the_latest_are_shown_and_all_are_one_link_away():
    client, host = make_client(), make_resource()
    for number in range(MOST + 1):
        make_appointment(host, START + dt.timedelta(days=number), client=client)
        link_to(client, host)
    make_appointment(host, START - dt.timedelta(days=1))
    user = make_administrator()
    context = page(user, client)
    for latest in (context["appointments"], context["links"]):
        assert len(latest.lines) == MOST
        listed = signed_in(user).get(latest.others).context["cl"]
        assert listed.result_count == MOST + 1


def test_no_list_is_narrowed_by_a_client_whom_the_user_does_not_see():
    mine, other = make_resource(), make_resource()
    strange = make_client(last_name="Strange")
    make_appointment(other, START, client=strange)
    make_appointment(mine, START)
    for number in (str(strange.pk), "0", "x", "9" * 30):
        listed = signed_in(make_assistant(mine)).get(
            reverse("admin:appointments_appointment_changelist"), {"of_client": number}
        )
        assert list(listed.context["cl"].queryset) == []
        assert "Strange" not in listed.content.decode()


@pytest.mark.parametrize("make", [lambda host: make_administrator(), make_assistant])
def test_the_page_takes_the_same_queries_for_one_and_for_thirty(make):
    host = make_resource(make_territory())
    user, client = make(host), make_client()

    def fill(number: int) -> None:
        make_appointment(host, START + dt.timedelta(days=number), client=client)
        link_to(client, host)
        make_appointment(host, START - dt.timedelta(days=number), client=make_client())

    fill(1)
    one = queries(user, client)
    for number in range(2, 31):
        fill(number)
    assert queries(user, client) == one


def queries(user: User, client: Client) -> int:
    browser = signed_in(user)
    browser.get(address(client))
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address(client)).status_code == 200
    return len(captured)


def test_a_new_address_is_not_proved_and_what_was_booked_with_the_former_stays_theirs():
    client = make_client(verified_at=timezone.now())
    booked = make_appointment(make_resource(), START)
    change(make_administrator(), client, email="new@example.com")
    booked.refresh_from_db()
    assert (client.email, client.verified_at, booked.client) == ("new@example.com", None, client)


@pytest.mark.parametrize("email", ["gerda@example.com", "Gerda@Example.com"])
def test_the_same_address_stays_proved(email):
    client = make_client(verified_at=START)
    booked = make_appointment(make_resource(), START)
    change(make_administrator(), client, email=email, phone="+49 30 1")
    booked.refresh_from_db()
    assert (client.verified_at, client.phone, booked.client) == (START, "+49 30 1", None)


def test_an_address_that_was_not_proved_brings_nothing_of_others():
    client = make_client()
    booked = make_appointment(make_resource(), START)
    change(make_administrator(), client, email="new@example.com")
    booked.refresh_from_db()
    assert booked.client is None


def test_what_happens_to_a_client_while_their_form_is_saved_stays(monkeypatch):
    client = make_client()
    save_model = ClientPages.save_model

    def later(*args: Any) -> None:
        Client.objects.update(verified_at=START)
        save_model(*args)

    monkeypatch.setattr(ClientPages, "save_model", later)
    assert change(make_administrator(), client, phone="+49 30 1").verified_at == START


@pytest.mark.parametrize("email", ["gerda@example.com", "new@example.com"])
def test_a_client_who_is_merged_while_their_form_is_saved_does_not_come_back(monkeypatch, email):
    client = make_client()
    save_model = ClientPages.save_model

    def later(*args: Any) -> None:
        Client.objects.filter(pk=client.pk).delete()
        save_model(*args)

    monkeypatch.setattr(ClientPages, "save_model", later)
    form = form_of(client, email=email, phone="+49 30 1")
    response = signed_in(make_administrator()).post(address(client), form)
    assert response["Location"] == address(client)
    assert not Client.objects.filter(phone="+49 30 1").exists()


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_only_who_may_change_clients_reads_how_they_were_changed(make):
    """It names colleagues whom they would not meet, and what another record was called."""
    host, client = make_resource(), make_client()
    make_appointment(host, START, client=client)
    history = reverse("admin:appointments_client_history", args=[client.pk])
    for user, shown in ((make(host), False), (make_administrator(), True)):
        browser = signed_in(user)
        assert browser.get(history).status_code == (200 if shown else 403)
        assert (history in browser.get(address(client)).content.decode()) is shown
