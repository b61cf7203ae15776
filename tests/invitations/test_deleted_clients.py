"""A client who is deleted in the very moment in which something is booked for them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from appointments import clients
from appointments.clients import ClientGoneError
from appointments.models import Appointment, Client
from tests.clients import browser_of, make_client
from tests.factories import at, make_appointment, make_invitation, make_resource
from tests.invitations.pages import DETAILS, hidden_fields, text
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

TEN = "2026-11-23T09:00:00Z"


def test_who_books_meanwhile_reads_why_nothing_was_booked_and_can_go_on(monkeypatch):
    gerda = make_client()
    browser, url = browser_of(gerda), f"/invite/{make_invitation().key}/book/"
    sent = hidden_fields(browser.get(url, {"start": TEN}))

    def gone(client: Client) -> Client:
        raise ClientGoneError

    with monkeypatch.context() as patch:
        patch.setattr(clients, "hold", gone)
        page = browser.post(url, sent)
    gerda.delete()
    assert (page.status_code, Appointment.objects.count()) == (409, 0)
    assert "What we know of you has just changed" in text(page)
    again = browser.post(url, hidden_fields(page))
    assert (again.status_code, "Please fill this in." in text(again)) == (422, True)
    done = browser.post(url, {**hidden_fields(again), **DETAILS})
    assert (done.status_code, Appointment.objects.get().client) == (303, None)


@pytest.mark.parametrize("from_list", [False, True])
def test_who_has_booked_meanwhile_is_kept_and_staff_are_asked_to_look_again(monkeypatch, from_list):
    gerda, lock = make_client(), clients.lock

    def booked_first(*keys: int) -> dict[int, Client]:
        make_appointment(make_resource(), at("2026-11-23 10:00"), client=gerda)
        return lock(*keys)

    monkeypatch.setattr(clients, "lock", booked_first)
    staff, said = signed_in(make_administrator()), {"post": "yes"}
    if from_list:
        url = reverse("admin:appointments_client_changelist")
        said |= {"action": "delete_selected", "_selected_action": str(gerda.pk)}
    else:
        url = reverse("admin:appointments_client_delete", args=[gerda.pk])
    answer = staff.post(url, said, follow=True)
    assert (answer.status_code, list(Client.objects.all())) == (200, [gerda])
    assert "Others are changing the same." in text(answer)


def test_several_who_booked_nothing_are_deleted_from_the_list():
    pair = [make_client(), make_client(email="other@example.com")]
    url = reverse("admin:appointments_client_changelist")
    said = {"action": "delete_selected", "_selected_action": [each.pk for each in pair]}
    signed_in(make_administrator()).post(url, {**said, "post": "yes"})
    assert not Client.objects.exists()
