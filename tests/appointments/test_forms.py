"""The guest's form: which fields it has, and what it makes of what is typed."""

from __future__ import annotations

import pytest

from appointments.asked import Asked, OwnQuestion, PhoneRule
from appointments.form_tokens import hand_out
from appointments.forms import GuestForm
from appointments.models import Client
from tests.factories import at

NOW = at("2026-11-20 12:00")
ALONE = OwnQuestion("Do you come alone?", is_required=True)
BY_CAR = OwnQuestion("Do you come by car?")
ELENA = Client(first_name="Elena", last_name="Rossi", email="e@bank.test", phone="+41 44 1")


def make_form(asked=None, *, known=None, appointment_type="in_person", **typed):
    data = {
        "form_token": hand_out("a link", NOW),
        "start": "2026-11-23T09:00:00Z",
        "first_name": "Gerda",
        "last_name": "Gast",
        "email": "gerda@example.com",
        **typed,
    }
    return GuestForm(
        data,
        scope="a link",
        asked=asked or Asked(),
        appointment_type=appointment_type,
        known=known,
    )


def names(fields):
    return [field.name for field in fields]


@pytest.mark.parametrize(
    ("rule", "appointment_type", "is_there", "is_required"),
    [
        (PhoneRule.HIDDEN, "in_person", False, False),
        (PhoneRule.OPTIONAL, "in_person", True, False),
        (PhoneRule.REQUIRED, "video", True, True),
        (PhoneRule.HIDDEN, "phone", True, True),
        (PhoneRule.OPTIONAL, "phone", True, True),
    ],
)
def test_a_phone_number_is_asked_for_as_the_host_wishes_and_always_for_a_call(
    rule, appointment_type, is_there, is_required
):
    form = make_form(Asked(phone=rule), appointment_type=appointment_type)
    assert ("phone" in names(form.in_sight)) == is_there
    assert form.is_valid() != is_required
    assert make_form(form.asked, appointment_type=appointment_type, phone="12345").is_valid()


@pytest.mark.parametrize("number", ["+49 (30) 12-34", "030/12345 ext. 6", "٠٣٠١٢٣٤٥"])
def test_a_phone_number_is_taken_as_it_is_written(number):
    form = make_form(phone=number)
    assert form.is_valid()
    assert form.contact("phone") == number


@pytest.mark.parametrize("number", ["abc", "1234", "see my card 12"])
def test_what_holds_no_phone_number_is_sent_back(number):
    form = make_form(phone=number)
    assert form.errors == {"phone": ["Please write a phone number, with its digits."]}


def test_what_is_not_asked_for_is_ignored():
    asked = Asked(phone=PhoneRule.HIDDEN, subject=False, note=False, questions=(BY_CAR,))
    form = make_form(asked, phone="1", subject="x", description="y", answer_2="z")
    assert form.is_valid()
    assert form.contact("phone") == form.written("subject") == form.written("description") == ""
    assert form.answers == ()
    assert form.note.fields == []


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        (Asked(subject=False), ["description"]),
        (Asked(note=False), ["subject"]),
        (Asked(), ["subject", "description"]),
    ],
)
def test_subject_and_note_are_asked_for_apart(asked, fields):
    assert names(make_form(asked).note.fields) == fields


def test_own_questions_come_after_the_contact_fields_and_in_their_order():
    form = make_form(Asked(questions=(ALONE, BY_CAR)))
    contact = ["first_name", "last_name", "email", "phone"]
    assert names(form.in_sight) == [*contact, "answer_1", "answer_2"]
    assert names(form.visible_fields()) == [
        *contact,
        *["answer_1", "answer_2", "subject", "description"],
    ]
    assert form["answer_1"].label == "Do you come alone?"


def test_only_a_marked_question_has_to_be_answered():
    form = make_form(Asked(questions=(ALONE, BY_CAR)), answer_1="  ")
    assert form.errors == {"answer_1": ["Please fill this in."]}


def test_answers_are_lines_beside_their_questions_and_blank_ones_are_left_out():
    asked = Asked(questions=(BY_CAR, ALONE))
    form = make_form(asked, answer_1="", answer_2=" No,\r\nwith  Hans ")
    assert form.is_valid()
    assert form.answers == (("Do you come alone?", "No, with Hans"),)


@pytest.mark.parametrize("answer", ["x" * 501, "x" * 10_000, "NUL\x00"])
def test_an_answer_that_cannot_be_kept_is_an_error_beside_its_field(answer):
    form = make_form(Asked(questions=(BY_CAR,)), answer_1=answer)
    assert list(form.errors) == ["answer_1"]
    assert make_form(form.asked, answer_1="x" * 500).is_valid()


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x7f"])
def test_an_address_that_would_end_the_line_of_a_header_is_none(odd):
    form = make_form(email=f'"a{odd}b"@example.com')
    assert form.errors == {"email": ["Enter a valid email address."]}
    assert make_form(email='"a.b"@example.com').is_valid()


def test_l8_a_personal_link_asks_for_questions_and_only_for_a_number_it_lacks():
    asked = Asked(phone=PhoneRule.REQUIRED, questions=(ALONE,))
    form = make_form(asked, known=ELENA)
    assert names(form.in_sight) == ["answer_1"]
    assert names(form.replaceable.fields) == ["first_name", "last_name", "email", "phone"]
    unknown = Client(first_name="Elena", last_name="Rossi", email="e@bank.test")
    assert names(make_form(asked, known=unknown).in_sight) == ["phone", "answer_1"]


def test_l8_a_personal_link_that_hides_the_phone_keeps_the_known_number():
    form = make_form(Asked(phone=PhoneRule.HIDDEN), known=ELENA, phone="666")
    assert form.is_valid()
    assert form.contact("phone") == "+41 44 1"


def test_l8_what_was_filled_in_names_nothing_that_is_only_known():
    blank = {"first_name": "", "last_name": "", "email": ""}
    form = make_form(Asked(questions=(ALONE,)), known=ELENA, **blank, answer_1="Yes")
    assert form.is_valid()
    assert form.filled_in == [("Do you come alone?", "Yes")]
