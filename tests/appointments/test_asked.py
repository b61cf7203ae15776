"""What a host may ask of guests, as typed and as read."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from appointments.asked import OwnQuestion, few_short_questions, read_questions


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("", []),
        ("Alone?", [("Alone?", False)]),
        ("Alone? *", [("Alone?", True)]),
        ("Alone?**\r\n\r\n  By car?  ", [("Alone?", True), ("By car?", False)]),
        ("Stars * in the middle", [("Stars * in the middle", False)]),
        ("*\n * \nAlone?", [("Alone?", False)]),
    ],
)
def test_a_line_is_a_question_and_an_asterisk_at_its_end_needs_an_answer(text, questions):
    assert read_questions(text) == tuple(OwnQuestion(*each) for each in questions)


@pytest.mark.parametrize("text", ["Q?\n" * 6, "x" * 201])
def test_more_than_five_questions_or_a_long_one_are_refused(text):
    with pytest.raises(ValidationError):
        few_short_questions(text)


def test_five_questions_of_two_hundred_characters_are_taken():
    few_short_questions("\n".join(["x" * 200 + "*"] * 5))
