"""An address that only looks like another, or is it in capitals alone, is nobody else's.

“ı” becomes “I” in capitals, “ſ” becomes “S”: whoever owns a host of such a name would get the
codes and links of somebody else.
"""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from appointments import clients
from appointments.models import Appointment
from tests.clients import PROVED, log_in_of, make_client
from tests.config.steps import ask_for_code, code_in_mail, staff_with_password
from tests.factories import at, make_appointment, make_resource

pytestmark = [pytest.mark.django_db, pytest.mark.database]

OWN, CAPITALS = "iris@swim.example", "IRIS@SWIM.EXAMPLE"
ALIKE = ["iris@swım.example", "iris@ſwim.example", "ırıs@swim.example", "iris@swİm.example"]

EACH = pytest.mark.parametrize("alike", ALIKE)


@EACH
def test_it_gets_no_code_of_a_client(alike):
    make_client("Iris Own", email=OWN)
    ask_for_code(Browser(), alike)
    assert code_in_mail() == ""


@EACH
def test_it_gets_no_code_of_a_log_in(alike):
    log_in_of(OWN)
    ask_for_code(Browser(), alike)
    assert code_in_mail() == ""


@EACH
def test_it_gets_no_link_to_a_new_password(alike):
    staff_with_password(email=OWN)
    Browser().post(reverse("account_reset_password"), {"email": alike})
    assert [letter.body for letter in mail.outbox if "/password/new/" in letter.body] == []


@EACH
def test_it_opens_no_record_once_it_is_proved(alike):
    own = make_client("Iris Own", email=OWN, verified_at=None)
    other = clients.prove(alike, PROVED)
    assert other != own
    assert clients.client_of(log_in_of(alike)) == other
    assert clients.client_of(log_in_of(CAPITALS)) is None
    assert clients.prove(CAPITALS, PROVED) == own


@EACH
def test_what_was_booked_with_it_is_no_one_elses(alike):
    own, other = make_client("Iris Own", email=OWN), make_client("Iris Other", email=alike)
    resource = make_resource()
    first = make_appointment(resource, at("2026-11-24 10:00"), email=CAPITALS)
    second = make_appointment(resource, at("2026-11-24 12:00"), email=alike)
    assert list(Appointment.objects.of_client(own)) == [first]
    assert list(Appointment.objects.of_client(other)) == [second]


@EACH
def test_a_provider_that_vouches_for_it_proves_no_other(alike):
    from config.sign_in.providers import _vouched_for

    own = log_in_of(OWN, verified=False)
    assert _vouched_for(alike) != own
    assert not EmailAddress.objects.get(user=own).verified
