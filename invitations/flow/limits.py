"""The steps about when, how often and for whom, with which words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.models import Client
from invitations.flow import step
from invitations.flow.step import Step, choice_of_rows
from invitations.models import Audience, Invitation, InvitationKey
from invitations.spans import Span, SpanField
from scheduling.models import SchedulingPolicy, TimeSlot


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=False, widget=widget, **kwargs)


class WhenStep(Step):
    name = "when"
    title = _("When")
    rows = (("from_date", "from_in"), ("until_date", "until_after"), ("expiry_date", "expires_in"))
    from_date = DayField(
        label=_("From"), help_text=_("The first day that can be booked; empty: from now on.")
    )
    from_in = SpanField(
        label=_("or in"),
        spoken=_("From, in"),
        required=False,
        help_text=_("Counted from today."),
    )
    until_date = DayField(
        label=_("Until"), help_text=_("The last day that can be booked; empty: no end.")
    )
    until_after = SpanField(
        label=_("or for"),
        spoken=_("Until, after"),
        required=False,
        help_text=_("Counted from the first day."),
    )
    expiry_date = DayField(
        label=_("Link expires after"),
        help_text=_("The last day on which the link works; empty: the last day to be booked."),
    )
    expires_in = SpanField(
        label=_("or in"),
        spoken=_("Link expires, in"),
        required=False,
        help_text=_("Counted from today."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for day, span in cast(Sequence[tuple[str, str]], self.rows):
            if cleaned.get(day) and cleaned.get(span):
                self.add_error(span, _("Give a date or a length of time, not both."))
        if (first := cleaned.get("from_date")) and (length := cleaned.get("until_after")):
            try:
                Span.parse(length).after(first)
            except (ValueError, OverflowError):
                text = _("That is further ahead than any calendar goes.")
                self.add_error("until_after", text)
        return cleaned

    def words(self) -> str:
        data = self.cleaned_data
        said: list[Any] = []
        if data["from_in"]:
            said.append(_("in %(span)s") % {"span": Span.parse(data["from_in"]).in_words})
        elif data["from_date"]:
            said.append(_("from %(day)s") % {"day": formats.full_date(data["from_date"])})
        else:
            said.append(_("from now on"))
        if data["until_after"]:
            said.append(_("for %(span)s") % {"span": Span.parse(data["until_after"]).in_words})
        elif data["until_date"]:
            said.append(_("until %(day)s") % {"day": formats.full_date(data["until_date"])})
        return ", ".join(str(part) for part in said)

    def days(self, today: date) -> dict[str, date | None]:
        """The three dates of the valid form, lengths of time counted from ``today``."""
        first = self._day("from_date", "from_in", today)
        last = self._day("until_date", "until_after", first or today)
        if last and self.cleaned_data["until_after"]:
            last -= timedelta(days=1)  # the last day counts too: for a day is that day alone
        expiry = self._day("expiry_date", "expires_in", today)
        return {"from_date": first, "until_date": last, "expiry_date": expiry}

    def _day(self, day: str, span: str, start: date) -> date | None:
        if length := self.cleaned_data[span]:
            return Span.parse(length).after(start)
        chosen: date | None = self.cleaned_data[day]
        return chosen


class LimitsStep(Step):
    name = "limits"
    title = _("How often, and who")
    rows = (
        ("max_bookings", "max_per_guest"),
        *("audience", "respects_wishes", "allows_extended_hours", "scheduling_policy"),
    )
    max_bookings = forms.IntegerField(
        label=_("Maximum bookings"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("By everybody together. Leave empty for any number."),
    )
    max_per_guest = forms.IntegerField(
        label=_("Bookings per guest"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Leave empty for any number."),
    )
    audience = forms.ChoiceField(
        label=_("Open to"),
        choices=Audience,
        initial=Audience.ANYONE,
        help_text=_("Others are asked to sign in before they see any time."),
    )
    respects_wishes = forms.BooleanField(
        label=_("Respect visiting hours and preferences"),
        required=False,
        help_text=_("Of clients who are known: by a link of their own, or as they signed in."),
    )
    allows_extended_hours = forms.BooleanField(
        label=_("Offer extended hours"),
        required=False,
        help_text=_("Beside the usual ones, where operating hours have any."),
    )
    scheduling_policy = forms.ModelChoiceField(
        SchedulingPolicy.objects.none(),
        label=_("Scheduling policy"),
        required=False,
        empty_label=_("That of the work"),
        help_text=_("Its limits, cut-offs and reminders count for what is booked by the link."),
    )

    def offer(self) -> None:
        if not TimeSlot.objects.filter(type=TimeSlot.Type.EXTENDED).exists():
            del self.fields["allows_extended_hours"]
        policies = self.around.policies
        if policies.exists():
            choice_of_rows(self.fields["scheduling_policy"], policies)
        else:
            del self.fields["scheduling_policy"]

    def words(self) -> str:
        most, each = self.cleaned_data["max_bookings"], self.cleaned_data["max_per_guest"]
        said: list[Any] = []
        if most:
            text = ngettext("%(n)s booking in all", "%(n)s bookings in all", most)
            said.append(text % {"n": most})
        if each:
            said.append(_("%(n)s per guest") % {"n": each})
        if not said:
            said.append(gettext("any number of bookings"))
        if (audience := self.cleaned_data["audience"]) != Audience.ANYONE:
            said.append(Audience(audience).label)
        if self.cleaned_data["respects_wishes"]:
            said.append(gettext("visiting hours and preferences count"))
        if self.cleaned_data.get("allows_extended_hours"):
            said.append(gettext("extended hours, too"))
        if policy := self.cleaned_data.get("scheduling_policy"):
            said.append(gettext("policy “%(policy)s”") % {"policy": policy})
        return ", ".join(str(part) for part in said)


class MessageStep(Step):
    name = "message"
    title = _("Message")
    rows = ("client", "message")
    client = forms.ModelChoiceField(
        Client.objects.none(),
        label=_("For one client only"),
        required=False,
        empty_label=_("For everybody who has the link"),
        help_text=_("The link is then personal: it greets the client, who need not say who books."),
        error_messages={"invalid_choice": _("You don’t see this client, or no longer.")},
    )
    message = forms.CharField(
        label=_("Personal message"),
        required=False,
        max_length=Invitation._meta.get_field("message").max_length,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("Shown above the times."),
    )

    def offer(self) -> None:
        clients = self.around.clients
        if not clients.exists() and not self.data.get("client"):
            del self.fields["client"]
            return
        field = choice_of_rows(self.fields["client"], clients)
        if clients.count() >= step.SEARCHED_FROM:
            field.widget = AutocompleteSelect(InvitationKey._meta.get_field("client"), admin.site)
            field.widget.choices = field.choices

    def words(self) -> str:
        said = []
        if client := self.cleaned_data.get("client"):
            said.append(gettext("for %(client)s") % {"client": client})
        if message := self.cleaned_data["message"]:
            said.append(Truncator(message).words(12))
        return ", ".join(said) or gettext("none")
