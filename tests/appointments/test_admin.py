"""The admin of appointments, absences and messages: what it shows, takes, and to whom."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.db import OperationalError, connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.admin.lists import moment
from appointments.models import Appointment, Client, OutboxMessage, Status
from scheduling.models import Absence, ServiceResource
from tests.factories import BERLIN, at, make_appointment, make_resource, make_territory
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = pytest.mark.django_db

MONDAY = at("2026-11-23 10:00")
MODELS = ("appointment", "client", "outboxmessage")


def page(client: Browser, name: str, *args: object, status: int = 200) -> str:
    response = client.get(reverse(f"admin:{name}", args=args))
    assert response.status_code == status
    return response.content.decode()


def make_message(**fields: object) -> OutboxMessage:
    defaults = {"kind": "guest_booked", "object_id": 1, "not_before": MONDAY}
    return OutboxMessage.objects.create(**{**defaults, **fields})


def make_row(model: str, hour: int) -> None:
    if model == "appointment":
        make_appointment(make_resource(), MONDAY + dt.timedelta(hours=hour))
    elif model == "client":
        Client.objects.create(first_name="Gerda", last_name="Gast", email="g@example.com")
    else:
        make_message()


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_the_same_queries_for_one_row_and_for_thirty(model):
    client = signed_in(make_administrator())
    address = reverse(f"admin:appointments_{model}_changelist")
    assert "empty-hint" in client.get(address).content.decode()
    make_row(model, 0)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for hour in range(1, 30):
        make_row(model, hour)
    with CaptureQueriesContext(connection) as thirty:
        client.get(address)
    assert len(thirty) == len(one)


def test_a_time_is_shown_with_its_zone():
    assert moment(MONDAY, BERLIN) == "Mon 23 Nov 2026, 10:00 (Berlin)"


def test_a_time_that_occurs_twice_says_which():
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert moment(first, BERLIN) == "Sun 25 Oct 2026, 02:30 (UTC+2) (Berlin)"
    later = first + dt.timedelta(hours=1)
    assert moment(later, BERLIN) == "Sun 25 Oct 2026, 02:30 (UTC+1) (Berlin)"


# Appointments


def test_an_appointment_shows_the_time_of_its_place_and_of_its_guest():
    client = signed_in(make_administrator())
    appointment = make_appointment(make_resource(), MONDAY, time_zone="America/New_York")
    assert "Mon 23 Nov 2026, 10:00 (Berlin)" in page(client, "appointments_appointment_changelist")
    shown = page(client, "appointments_appointment_change", appointment.pk)
    assert "Mon 23 Nov 2026, 04:00 (New York)" in shown
    assert "<h2>Gerda Gast, Mon 23 Nov 2026, 10:00 (Berlin)</h2>" in shown
    assert "› Gerda Gast, Mon 23 Nov 2026, 10:00 (Berlin)" in shown


@pytest.mark.parametrize("model", ["appointment", "outboxmessage"])
def test_not_even_administrators_add_change_or_delete(model):
    client = signed_in(make_administrator())
    appointment = make_appointment(make_resource(), MONDAY)
    row = {"appointment": appointment, "outboxmessage": make_message()}[model]
    for action, args in (("add", []), ("change", [row.pk]), ("delete", [row.pk])):
        address = reverse(f"admin:appointments_{model}_{action}", args=args)
        assert client.post(address, {"post": "yes", "status": "cancelled"}).status_code == 403
    assert Appointment.objects.get().status == Status.SCHEDULED
    shown = page(client, f"appointments_{model}_change", row.pk)
    assert 'name="_save"' not in shown


def test_answers_stand_under_their_questions_and_are_escaped():
    client = signed_in(make_administrator())
    answers = [["Alone?", "<b>No</b>"], ["By car?", "Yes"]]
    appointment = make_appointment(make_resource(), MONDAY, answers=answers)
    shown = page(client, "appointments_appointment_change", appointment.pk)
    assert "<dt>Alone?</dt><dd>&lt;b&gt;No&lt;/b&gt;</dd><dt>By car?</dt><dd>Yes</dd>" in shown


def test_the_key_of_a_guest_is_not_shown_to_staff():
    client = signed_in(make_administrator())
    appointment = make_appointment(make_resource(), MONDAY)
    assert appointment.key not in page(client, "appointments_appointment_change", appointment.pk)


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_resources_and_assistants_see_their_own_appointments_only(make):
    anna, bernd = make_resource(), make_resource()
    mine = make_appointment(anna, MONDAY, last_name="Mine")
    other = make_appointment(bernd, MONDAY, last_name="Other")
    client = signed_in(make(anna))
    shown = page(client, "appointments_appointment_changelist")
    assert "Gerda Mine" in shown
    assert "Gerda Other" not in shown
    page(client, "appointments_appointment_change", mine.pk)
    page(client, "appointments_appointment_change", other.pk, status=404)


def test_an_assistant_who_may_not_see_appointments_does_not():
    resource = make_resource()
    appointment = make_appointment(resource, MONDAY)
    client = signed_in(make_assistant(resource, can_see_appointments=False))
    page(client, "appointments_appointment_changelist", status=403)
    page(client, "appointments_appointment_change", appointment.pk, status=404)


@pytest.mark.parametrize(
    ("when", "expected"),
    [("upcoming", ["soon", "later"]), ("today", ["soon"]), ("week", ["soon"]), ("past", ["gone"])],
)
def test_appointments_are_filtered_by_when_they_are(when, expected, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    resource = make_resource()
    for name, days in (("gone", -1), ("soon", 0), ("later", 9)):
        make_appointment(resource, MONDAY + dt.timedelta(days=days, hours=1), last_name=name)
    client = signed_in(make_administrator())
    response = client.get(reverse("admin:appointments_appointment_changelist"), {"when": when})
    found = {row.last_name for row in response.context["cl"].result_list}
    assert found == set(expected)


# Absences


def absence_form(resource: int, start: str, end: str) -> dict[str, object]:
    values: dict[str, object] = {"service_resource": resource, "type": "vacation"}
    for name, text in (("start", start), ("end", end)):
        values[f"{name}_0"], values[f"{name}_1"] = text.split()
    return values


def add_absence(client: Browser, resource: int, start: str, end: str) -> str:
    address = reverse("admin:scheduling_absence_add")
    return client.post(address, absence_form(resource, start, end)).content.decode()


def test_an_absence_is_entered_and_shown_in_the_zone_of_its_resource():
    client = signed_in(make_administrator())
    resource, _other = make_resource(time_zone="America/New_York"), make_resource()
    assert "where the service resource works" in page(client, "scheduling_absence_add")
    add_absence(client, resource.pk, "2026-11-23 09:00", "2026-11-23 17:30")
    absence = Absence.objects.get()
    assert absence.start == at("2026-11-23 09:00", "America/New_York")
    assert absence.end == at("2026-11-23 17:30", "America/New_York")
    listed = page(client, "scheduling_absence_changelist")
    assert "Mon 23 Nov 2026, 09:00 (New York)" in listed
    form = page(client, "scheduling_absence_change", absence.pk)
    assert "From (New York time)" in form
    assert 'value="17:30"' in form


def test_a_time_that_the_clocks_skip_is_refused_with_the_reason():
    client = signed_in(make_administrator())
    shown = add_absence(client, make_resource().pk, "2026-03-29 02:30", "2026-03-29 09:00")
    assert "The clocks in Berlin go forward that night and skip 02:30." in shown
    assert not Absence.objects.exists()


def test_a_time_that_occurs_twice_is_the_first():
    client = signed_in(make_administrator())
    add_absence(client, make_resource().pk, "2026-10-25 02:30", "2026-10-25 09:00")
    assert Absence.objects.get().start == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


def test_an_absence_that_ends_before_it_starts_is_refused():
    client = signed_in(make_administrator())
    shown = add_absence(client, make_resource().pk, "2026-11-23 09:00", "2026-11-23 08:00")
    assert "The absence must end after it starts." in shown


def test_an_absence_needs_its_times_and_its_resource():
    client = signed_in(make_administrator())
    address = reverse("admin:scheduling_absence_add")
    response = client.post(address, {"type": "vacation", "start_0": "2026-11-23"})
    assert set(response.context["adminform"].form.errors) == {"service_resource", "start", "end"}


def test_an_absence_that_waits_for_its_resource_in_vain_comes_back_as_typed(monkeypatch):
    def wait_in_vain(keys):
        raise OperationalError("database is locked")

    monkeypatch.setattr(ServiceResource, "lock", wait_in_vain)
    client = signed_in(make_administrator())
    shown = add_absence(client, make_resource().pk, "2026-11-23 10:00", "2026-11-23 11:00")
    assert "Others are changing the same. Please try again." in shown
    assert 'value="2026-11-23"' in shown
    assert not Absence.objects.exists()


def test_saving_an_absence_locks_its_resource_first():
    client = signed_in(make_administrator())
    resource, other = make_resource(), make_resource()
    add_absence(client, resource.pk, "2026-11-23 10:00", "2026-11-23 11:00")
    absence = Absence.objects.get()
    form = absence_form(other.pk, "2026-11-23 09:00", "2026-11-23 11:00")
    with CaptureQueriesContext(connection) as queries:
        client.post(reverse("admin:scheduling_absence_change", args=[absence.pk]), form)
    asked = [query["sql"] for query in queries]
    written = next(n for n, sql in enumerate(asked) if sql.startswith("UPDATE"))
    lock = f'IN ({resource.pk}) ORDER BY "scheduling_serviceresource"."id" ASC'
    assert any(lock in sql for sql in asked[:written])
    absence.refresh_from_db()
    assert absence.start == at("2026-11-23 09:00")
    assert absence.service_resource == resource  # whose clock the form showed


def test_a_resource_enters_absences_for_itself_only():
    anna, bernd = make_resource(), make_resource()
    client = signed_in(own_user(anna))
    assert "From (Berlin time)" in page(client, "scheduling_absence_add")
    add_absence(client, bernd.pk, "2026-11-23 09:00", "2026-11-23 17:00")
    assert not Absence.objects.exists()
    add_absence(client, anna.pk, "2026-11-23 09:00", "2026-11-23 17:00")
    assert Absence.objects.get().service_resource == anna


def test_a_resource_neither_sees_nor_deletes_absences_of_others():
    anna, bernd = make_resource(), make_resource()
    end = MONDAY + dt.timedelta(hours=1)
    own = Absence.objects.create(
        service_resource=anna, start=MONDAY, end=end, description="Family feast"
    )
    other = Absence.objects.create(
        service_resource=bernd, start=MONDAY, end=end, description="Secret"
    )
    client = signed_in(own_user(anna))
    listed = page(client, "scheduling_absence_changelist")
    assert "Family feast" in listed
    assert "Secret" not in listed
    for row, status in ((own, 302), (other, 404)):
        address = reverse("admin:scheduling_absence_delete", args=[row.pk])
        assert client.post(address, {"post": "yes"}).status_code == status
    assert list(Absence.objects.all()) == [other]


def test_an_assistant_sees_absences_and_changes_none():
    resource = make_resource()
    end = MONDAY + dt.timedelta(hours=1)
    absence = Absence.objects.create(service_resource=resource, start=MONDAY, end=end)
    client = signed_in(make_assistant(resource))
    shown = page(client, "scheduling_absence_change", absence.pk)
    assert "Mon 23 Nov 2026, 10:00 (Berlin)" in shown
    assert 'name="_save"' not in shown
    page(client, "scheduling_absence_add", status=403)


# Messages


def test_messages_show_and_filter_their_state_in_words():
    client = signed_in(make_administrator())
    for result in ("", "sent", "dropped", "parked"):
        make_message(result=result)
    address = reverse("admin:appointments_outboxmessage_changelist")
    shown = client.get(address).content.decode()
    for words in ("Waiting", "Sent", "No longer needed", "Failed"):
        assert f'">{words}</span>' in shown
    waiting = client.get(address, {"state": "waiting"}).context["cl"].result_list
    assert [message.result for message in waiting] == [""]
    failed = client.get(address, {"state": "parked"}).context["cl"].result_list
    assert [message.result for message in failed] == ["parked"]


def retry(client: Browser) -> int:
    return client.post(
        reverse("admin:appointments_outboxmessage_changelist"),
        {"action": "retry", "_selected_action": OutboxMessage.objects.values_list("pk", flat=True)},
    ).status_code


def test_what_failed_is_put_in_line_again_and_what_was_sent_is_not():
    make_message(result="parked", attempts=8)
    make_message(result="sent", attempts=1)
    assert retry(signed_in(make_administrator())) == 302
    again, sent = OutboxMessage.objects.order_by("pk")
    assert (again.result, again.attempts) == ("", 0)
    assert (sent.result, sent.attempts) == ("sent", 1)


def test_who_may_only_look_at_messages_does_not_retry():
    make_message(result="parked", attempts=8)
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_outboxmessage"))
    retry(signed_in(user))
    assert OutboxMessage.objects.get().result == "parked"


def test_an_appointment_of_several_resources_names_them_once():
    client = signed_in(make_administrator())
    anna, bernd = make_resource(name="Anna"), make_resource(name="Bernd")
    appointment = make_appointment(anna, MONDAY, territory=make_territory())
    appointment.assignments.create(
        service_resource=bernd, blocked_start=MONDAY, blocked_end=appointment.end
    )
    assert "Anna, Bernd" in page(client, "appointments_appointment_changelist")
