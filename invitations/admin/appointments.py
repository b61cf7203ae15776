"""The admin of appointments, with the link by which each was booked."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from appointments.admin.appointments import AppointmentPages
from appointments.admin.lists import IfChosen
from appointments.models import Appointment
from invitations.models import Invitation, InvitationBooking, ProspectList, Recipient


class Origin(NamedTuple):
    """By which invitation something was booked, and on which list its recipient stands.

    Names are empty, and so are addresses, where the user doesn't see what they are of.
    """

    invitation: str
    invitation_url: str
    recipient: str = ""
    prospect_list: str = ""
    list_url: str = ""


@admin.register(Appointment)
class AppointmentAdmin(AppointmentPages):
    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*super().get_list_filter(request), ("invitation_booking__invitation", IfChosen))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["origin"] = self._origin(request, context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    def _origin(self, request: HttpRequest, appointment: Appointment) -> Origin | None:
        """None where it came by no link, or by one of an invitation that the user doesn't see."""
        booking = InvitationBooking.objects.with_origin().filter(appointment=appointment).first()
        if booking is None or not self._sees(request, Invitation, booking.invitation_id):
            return None
        invitation = booking.invitation
        url = reverse("admin:invitations_invitation_change", args=[invitation.pk])
        recipient = booking.key.of_recipient
        if not recipient or not self._sees(request, ProspectList, recipient.prospect_list_id):
            return Origin(str(invitation), url)
        its_list = recipient.prospect_list
        list_url = reverse("admin:invitations_prospectlist_change", args=[its_list.pk])
        name = str(recipient) if self._sees(request, Recipient, recipient.pk) else ""
        return Origin(str(invitation), url, name, str(its_list), list_url)

    def _sees(self, request: HttpRequest, model: type[Model], key: int) -> bool:
        page = self.admin_site.get_model_admin(model)
        if not page.has_view_permission(request):
            return False
        return page.get_queryset(request).filter(pk=key).exists()
