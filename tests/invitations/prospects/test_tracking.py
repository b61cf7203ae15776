"""Staff see by which link an appointment was booked, and data about recipients hang together."""

from __future__ import annotations

import pytest
from django.urls import reverse

from appointments.models import Appointment, OutboxMessage
from invitations.integrity import misplaced_recipients, stray_letters
from invitations.merging import merge
from invitations.models import InvitationKey, Letter, Recipient
from tests.clients import make_client
from tests.factories import at, make_appointment, make_invitation, make_resource
from tests.invitations.pages import links, text
from tests.invitations.prospects.lists import book, make_list, make_recipient
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

MONDAY = at("2026-11-23 10:00")


@pytest.fixture
def petra() -> Recipient:
    return make_recipient(make_list(name="Autumn"), last_name="Prospekt")


def page_of(appointment: Appointment) -> str:
    return reverse("admin:appointments_appointment_change", args=[appointment.pk])


def pages_behind(recipient: Recipient) -> set[str]:
    return {
        reverse("admin:invitations_invitation_change", args=[recipient.key.invitation_id]),
        reverse("admin:invitations_prospectlist_change", args=[recipient.prospect_list_id]),
    }


# The page of an appointment


def test_it_says_by_which_invitation_for_whom_and_on_which_list_and_leads_there(petra):
    page = signed_in(make_administrator()).get(page_of(book(petra, MONDAY, first_name="Eve")))
    assert "by the link of Petra Prospekt on the list" in text(page)
    assert pages_behind(petra) <= set(links(page))


def test_the_host_sees_it_as_well(petra):
    appointment = book(petra, MONDAY)
    host = appointment.assignments.get().service_resource
    page = signed_in(own_user(host)).get(page_of(appointment))
    assert "by the link of Petra Prospekt on the list" in text(page)


def test_who_does_not_see_the_invitation_reads_nothing_of_it(petra):
    appointment = book(petra, MONDAY)
    other = make_resource()
    appointment.assignments.update(service_resource=other)
    page = signed_in(own_user(other)).get(page_of(appointment))
    assert page.status_code == 200
    assert "Petra Prospekt on the list" not in text(page)
    assert pages_behind(petra) & set(links(page)) == set()


def test_what_was_booked_by_an_ordinary_link_or_by_staff_names_no_list():
    browser = signed_in(make_administrator())
    by_staff = make_appointment(make_resource(), MONDAY)
    assert 'class="origin"' not in text(browser.get(page_of(by_staff)))
    key = make_invitation()
    by_staff.invitation_booking = key.invitation.bookings.create(key=key, appointment=by_staff)
    page = text(browser.get(page_of(by_staff)))
    assert 'class="origin"' in page
    assert "on the list" not in page


# Elsewhere in the administration


def test_links_of_a_list_are_not_among_those_that_are_shared(petra):
    anna = petra.key.invitation.hosts.get().service_resource
    change = reverse("admin:invitations_invitation_change", args=[petra.key.invitation_id])
    share = reverse("admin:invitations_invitation_link", args=[petra.key.invitation_id])
    for browser in (signed_in(make_administrator()), signed_in(make_assistant(anna))):
        for page in (change, share, f"{share}?link={petra.key_id}"):
            assert petra.key.key not in text(browser.get(page))


def test_staff_correct_what_was_booked_by_a_list_that_locks_it(petra):
    appointment = book(petra, MONDAY, personal_email=petra.email, locks_contact=True)
    browser = signed_in(make_administrator())
    address = reverse("admin:appointments_appointment_details", args=[appointment.pk])
    sent = {"first_name": "Petra", "last_name": "Neu", "email": petra.email}
    assert browser.post(address, sent).status_code == 302
    appointment.refresh_from_db()
    assert appointment.guest_name == "Petra Neu"


def test_recipients_of_a_merged_client_become_those_of_the_one_that_is_kept(petra):
    kept, other = make_client("Gerda Gast"), make_client("Petra Prospekt")
    InvitationKey.objects.filter(pk=petra.key_id).update(client=other)
    Recipient.objects.update(client=other)
    assert merge(kept.pk, other.pk)
    petra.refresh_from_db()
    assert (petra.client, petra.key.client) == (kept, kept)
    assert list(misplaced_recipients()) == []


# Integrity


def test_all_is_well_with_a_list_that_was_written_to(petra):
    OutboxMessage.objects.create(
        kind=Letter.FIRST, object_id=petra.pk, not_before=MONDAY, result="sent"
    )
    assert [*misplaced_recipients(), *stray_letters()] == []


def test_a_link_of_another_invitation_is_said(petra):
    petra.key.invitation = make_invitation().invitation
    petra.key.save()
    [said] = misplaced_recipients()
    assert said == f"Recipient {petra.pk} has a link of another invitation than the list"


def test_a_link_that_is_not_the_clients_is_said(petra):
    Recipient.objects.update(client=make_client("Gerda Gast"))
    [said] = misplaced_recipients()
    assert said == f"Recipient {petra.pk} has a link that is not its client’s"


@pytest.mark.parametrize("kind", Letter)
def test_a_letter_that_went_to_nobody_on_a_list_is_said(kind):
    letter = OutboxMessage.objects.create(kind=kind, object_id=7, not_before=MONDAY, result="sent")
    expected = f"Message {letter.pk} was sent to recipient 7, who is not there"
    assert list(stray_letters()) == [expected]
