"""What an invitation asks of its guests and tells them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.asked import Asked, PhoneRule, few_short_questions, read_questions


class GuestSide(models.Model):
    """Fields that a template presets and an invitation keeps a copy of."""

    phone = models.CharField(
        _("phone number"), max_length=10, choices=PhoneRule, default=PhoneRule.OPTIONAL
    )
    asks_subject = models.BooleanField(_("ask for a subject"), default=True)
    asks_note = models.BooleanField(_("ask for a note"), default=True)
    questions = models.TextField(
        _("own questions"),
        blank=True,
        validators=[few_short_questions],
        help_text=_(
            "One per line, at most five. End a line with * where an answer is needed: "
            "“Which account is it about? *”"
        ),
    )
    has_review = models.BooleanField(
        _("review step"),
        default=False,
        help_text=_("Guests read over what they typed on a page of its own before they book."),
    )
    confirmation = models.TextField(
        _("text of the confirmation"),
        max_length=1000,
        blank=True,
        help_text=_("Shown once an appointment is booked, and in its mail."),
    )

    class Meta:
        abstract = True

    @property
    def asked(self) -> Asked:
        """What the guest's form asks for."""
        return Asked(
            phone=self.phone,
            subject=self.asks_subject,
            note=self.asks_note,
            questions=read_questions(self.questions),
            review=self.has_review,
        )


GUEST_SIDE = tuple(field.name for field in GuestSide._meta.local_fields)
"""The names of these fields."""
