"""What the host asks of a guest: own questions, a page to read over, and words afterwards."""

from __future__ import annotations

import pytest

from appointments.changes import set_status
from appointments.models import Appointment, AppointmentEvent, OutboxMessage, Status
from appointments.models import Client as Customer
from invitations.models import Invitation, InvitationBooking
from scheduling.models import Absence
from tests.factories import at, make_invitation
from tests.invitations.pages import hidden_fields, open_form, text

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

MONDAY_TEN = "2026-11-23T09:00:00Z"
QUESTIONS = "Do you come alone? *\nDo you come <by> car?"
NASTY = "<script>alert(1)</script> & “more”"


def url_of(key):
    return f"/invite/{key.key}/"


def fill_in(client, key, start=MONDAY_TEN, **typed):
    return {**open_form(client, url_of(key), start), **typed}


def post(client, key, data):
    return client.post(url_of(key) + "book/", data)


def send(client, key, **typed):
    return post(client, key, fill_in(client, key, **typed))


def assert_nothing_written():
    models = (Appointment, AppointmentEvent, InvitationBooking, OutboxMessage)
    assert [model.objects.count() for model in models] == [0, 0, 0, 0]


# Own questions


def test_answers_are_kept_with_the_questions_as_they_were(client):
    key = make_invitation(questions=QUESTIONS)
    response = send(client, key, answer_1="Yes", answer_2=NASTY)
    assert response.status_code == 303
    Invitation.objects.update(questions="Something else?")
    answers = [["Do you come alone?", "Yes"], ["Do you come <by> car?", NASTY]]
    assert Appointment.objects.get().answers == answers
    page = text(client.get(response["Location"]))
    assert "Do you come &lt;by&gt; car?" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert "<script>alert" not in page


def test_a_question_left_open_is_said_and_nothing_typed_is_lost(client):
    response = send(client, make_invitation(questions=QUESTIONS), answer_2="By bus")
    assert response.status_code == 422
    assert 'value="By bus"' in text(response)
    assert "Please fill this in." in text(response)
    assert_nothing_written()


def test_six_posted_answers_to_two_questions_are_two(client):
    key = make_invitation(questions=QUESTIONS)
    typed = {f"answer_{number}": f"Answer {number}" for number in range(7)}
    assert send(client, key, **typed).status_code == 303
    assert [answer for _, answer in Appointment.objects.get().answers] == ["Answer 1", "Answer 2"]


@pytest.mark.parametrize("answer", ["NUL\x00", "x" * 10_000], ids=["NUL", "10 kB"])
@pytest.mark.parametrize("reviewed", [{}, {"reviewed": "yes"}], ids=["first", "second press"])
def test_an_answer_that_cannot_be_kept_is_a_form_error(client, answer, reviewed):
    key = make_invitation(questions=QUESTIONS, has_review=True)
    response = send(client, key, answer_1=answer, **reviewed)
    assert response.status_code == 422
    assert_nothing_written()


def test_bytes_that_are_no_text_are_replaced_before_they_are_kept(client):
    key = make_invitation(questions=QUESTIONS)
    data = "&".join(f"{name}={value}" for name, value in fill_in(client, key).items())
    response = client.generic(
        "POST",
        url_of(key) + "book/",
        f"{data}&answer_1=half%ED%A0%80",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 303
    assert Appointment.objects.get().answers == [["Do you come alone?", "half\ufffd\ufffd\ufffd"]]


def test_fields_that_are_not_asked_for_are_not_stored(client):
    key = make_invitation(phone="hidden", asks_subject=False, asks_note=False)
    page = text(client.get(f"{url_of(key)}book/?start={MONDAY_TEN}"))
    assert "Add a note" not in page
    assert 'name="phone"' not in page
    send(client, key, phone="1", subject="x", description="y", answer_1="z")
    booked = Appointment.objects.get()
    assert (booked.phone, booked.subject, booked.description, booked.answers) == ("", "", "", [])


def test_b5_the_same_form_with_another_answer_is_a_conflict(client):
    key = make_invitation(questions=QUESTIONS)
    data = fill_in(client, key, answer_1="Yes")
    first, same = post(client, key, data), post(client, key, data)
    assert same["Location"] == first["Location"]
    assert post(client, key, {**data, "answer_1": "No"}).status_code == 409
    assert Appointment.objects.count() == 1


def test_an_answer_never_stands_under_a_question_that_was_put_in_meanwhile(client):
    key = make_invitation(questions=QUESTIONS)
    data = fill_in(client, key, answer_1="Yes")
    Invitation.objects.update(questions="May we tell the press?")
    response = post(client, key, data)
    assert response.status_code == 422
    assert "Please check your details and send it again." in text(response)
    assert_nothing_written()
    assert post(client, key, {**data, **hidden_fields(response)}).status_code == 303


# Reading over


def test_a_review_shows_everything_typed_and_writes_nothing(client):
    key = make_invitation(questions=QUESTIONS, has_review=True)
    response = send(client, key, answer_1=NASTY, description="Two\nlines", phone="+49 30 1")
    page = text(response)
    assert response.status_code == 200
    assert "Please check, then book</h1>" in page
    assert "Monday, 23 November 2026" in page
    for typed in ("Gerda", "Gast", "gerda@example.com", "+49 30 1", "Two<br>lines"):
        assert f"<dd>{typed}</dd>" in page
    assert "<script>alert" not in page
    assert "Book Monday, 10:00" in page
    assert_nothing_written()


def test_a_second_press_books_what_was_read_over(client):
    key = make_invitation(questions=QUESTIONS, has_review=True)
    reviewed = hidden_fields(send(client, key, answer_1=NASTY, description="Two\nlines"))
    first, second = post(client, key, reviewed), post(client, key, reviewed)
    booked = Appointment.objects.get()
    assert first.status_code == second.status_code == 303
    assert second["Location"] == booked.get_absolute_url()
    assert booked.answers == [["Do you come alone?", NASTY]]
    assert booked.description == "Two\nlines"


def test_change_brings_the_form_back_as_typed_and_leads_to_another_review(client):
    key = make_invitation(questions=QUESTIONS, has_review=True)
    reviewed = hidden_fields(send(client, key, answer_1=NASTY, description="Two\nlines"))
    response = post(client, key, {**reviewed, "change": "yes"})
    page = text(response)
    assert response.status_code == 200
    assert "Your details</h1>" in page
    assert "Two\nlines</textarea>" in page
    assert "&lt;script&gt;" in page
    assert 'name="reviewed"' not in page
    data = {**fill_in(client, key), **hidden_fields(response), "answer_1": "No"}
    assert "Please check, then book" in text(post(client, key, data))
    assert_nothing_written()


def test_l8_a_review_of_a_personal_link_shows_nothing_that_is_known(client):
    key = make_invitation(has_review=True)
    key.client = Customer.objects.create(
        first_name="Elena", last_name="Rossi", email="e@bank.test", phone="555 01 99"
    )
    key.save()
    blank = {"first_name": "", "last_name": "", "email": ""}
    response = send(client, key, **blank, subject="Pension")
    assert "Pension" in text(response)
    for known in ("Rossi", "e@bank.test", "555 01 99"):
        assert known not in text(response)
    assert post(client, key, hidden_fields(response)).status_code == 303
    assert Appointment.objects.get().email == "e@bank.test"


def test_an_error_is_said_before_there_is_anything_to_read_over(client):
    response = send(client, make_invitation(has_review=True), email="nowhere")
    assert response.status_code == 422
    assert "Please check, then book" not in text(response)


def test_b7_a_time_that_goes_while_somebody_reads_keeps_the_form_and_one_press_books(client):
    key = make_invitation(questions=QUESTIONS, has_review=True)
    reviewed = hidden_fields(send(client, key, answer_1="Yes", subject="Pension"))
    host = key.invitation.hosts.get().service_resource
    Absence.objects.create(
        service_resource=host, start=at("2026-11-23 10:00"), end=at("2026-11-23 10:30")
    )
    response = post(client, key, reviewed)
    assert response.status_code == 409
    for typed in ("Gerda", "Pension", "Yes"):
        assert f'value="{typed}"' in text(response)
    assert_nothing_written()
    del reviewed["reviewed"]
    again = {**reviewed, **hidden_fields(response), "start": "2026-11-23T09:30:00Z"}
    assert post(client, key, again).status_code == 303


def test_b5_a_link_used_up_by_its_own_review_still_answers_with_the_appointment(client):
    key = make_invitation(has_review=True, max_bookings=1)
    reviewed = hidden_fields(send(client, key))
    first = post(client, key, reviewed)
    assert post(client, key, reviewed)["Location"] == first["Location"]


# Words afterwards


def test_the_hosts_words_are_kept_as_they_were_and_shown_escaped(client):
    key = make_invitation(confirmation=f"Bring your passport.\n\n{NASTY}")
    response = send(client, key)
    Invitation.objects.update(confirmation="Later words")
    page = text(client.get(response["Location"]))
    assert "<p>Bring your passport.</p>" in page
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert "Later words" not in page


def test_a_cancelled_appointment_asks_nobody_to_bring_anything(client):
    response = send(client, make_invitation(confirmation="Bring your passport."))
    set_status(Appointment.objects.get().pk, Status.CANCELLED)
    assert "passport" not in text(client.get(response["Location"]))


# A limit per guest


def test_a_guest_at_the_limit_is_told_how_many_there_are_and_whom_to_ask(client):
    key = make_invitation(max_per_guest=1, questions=QUESTIONS)
    office = key.invitation.territory
    office.phone = "+49 30 555"
    office.save()
    send(client, key, answer_1="Yes")
    typed = fill_in(client, key, "2026-11-23T10:00:00Z", answer_1="No", subject="Again")
    response = post(client, key, {**typed, "email": "GERDA@example.com"})
    page = text(response)
    assert response.status_code == 409
    assert "each guest can book 1 appointment" in page
    assert "+49 30 555" in page
    for kept in ("GERDA@example.com", "No", "Again", "2026-11-23T10:00:00Z"):
        assert f'value="{kept}"' in page
    assert Appointment.objects.count() == 1


def test_a_limit_reached_while_somebody_reads_is_told_at_the_second_press(client):
    key = make_invitation(max_per_guest=2, has_review=True)
    one, two, three = (
        hidden_fields(post(client, key, fill_in(client, key, start)))
        for start in (MONDAY_TEN, "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z")
    )
    assert [post(client, key, each).status_code for each in (one, two)] == [303, 303]
    response = post(client, key, three)
    assert response.status_code == 409
    assert "each guest can book 2 appointments" in text(response)
