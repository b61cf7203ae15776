"""What a guest is asked for, beside name and e-mail address."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_QUESTIONS = 5
LONGEST_QUESTION = 200
LONGEST_ANSWER = 500
MUST = "*"
"""Ends a question that has to be answered."""


class PhoneRule(models.TextChoices):
    """Whether a guest is asked for a phone number."""

    HIDDEN = "hidden", _("Not asked for")
    OPTIONAL = "optional", _("Optional")
    REQUIRED = "required", _("Required")


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question of the host's own."""

    text: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the guest's form asks for, and whether it is read over before it counts."""

    phone: str = PhoneRule.OPTIONAL
    subject: bool = True
    note: bool = True
    questions: tuple[OwnQuestion, ...] = ()
    review: bool = False


def read_questions(text: str) -> tuple[OwnQuestion, ...]:
    """One question per line; those that end with an asterisk have to be answered."""
    lines = [line.strip() for line in text.splitlines()]
    return tuple(
        OwnQuestion(line.rstrip(MUST).rstrip(), is_required=line.endswith(MUST))
        for line in lines
        if line.rstrip(MUST).strip()
    )


def few_short_questions(text: str) -> None:
    """Raise ValidationError for more than five questions, or one that is too long."""
    questions = read_questions(text)
    if len(questions) > MOST_QUESTIONS:
        raise ValidationError(
            _("At most %(most)s questions. Guests have little time."),
            params={"most": MOST_QUESTIONS},
        )
    if any(len(question.text) > LONGEST_QUESTION for question in questions):
        raise ValidationError(
            _("A question has at most %(most)s characters."), params={"most": LONGEST_QUESTION}
        )
