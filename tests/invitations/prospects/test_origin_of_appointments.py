"""Who may not see the people of a list learns of none of them by what was booked."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import at
from tests.invitations.pages import text
from tests.invitations.prospects.lists import book, make_list, make_recipient
from tests.staff import make_assistant, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


def test_who_may_not_generate_reads_the_list_but_not_whose_link_it_was():
    petra = make_recipient(make_list(name="Autumn"), last_name="Prospekt")
    appointment = book(petra, at("2026-11-23 10:00"), first_name="Eve", last_name="Friend")
    host = appointment.assignments.get().service_resource
    page = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    for grant, is_named in ((False, False), (True, True)):
        person = make_assistant(host, can_see_appointments=True, can_generate_invitations=grant)
        shown = text(signed_in(person).get(page))
        assert "Autumn" in shown
        assert ("Petra Prospekt" in shown) == is_named
