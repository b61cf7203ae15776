"""Why a resource can be booked when: its week in layers, for work offered where it works."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.admin.explanation import chosen, explanation
from appointments.models import AppointmentType
from appointments.terms import Terms
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource, TerritoryWorkType, WorkType


class OfferField(forms.ModelChoiceField):
    def label_from_instance(self, offer: Any) -> str:
        return f"{offer.work_type}, {offer.territory}"


class OfferForm(forms.Form):
    """For which work, and where."""

    offer = OfferField(TerritoryWorkType.objects.none(), label=_("For"), empty_label=None)


class ExplainPage(NarrowedAdmin):
    """The page ``explain/?resource=…&offer=…``, with ``week``, or a start ``at`` which it asks."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.explain_page)
        name = "appointments_appointment_explain"
        return [path("explain/", page, name=name), *super().get_urls()]

    def explain_page(self, request: HttpRequest) -> HttpResponse:
        resource = self._resource(request)
        offers = _offers(resource)
        form = OfferForm({"offer": request.GET.get("offer") or getattr(offers.first(), "pk", "")})
        form.fields["offer"].queryset = offers  # type: ignore[attr-defined]
        offer = form.cleaned_data["offer"] if form.is_valid() else None
        values = {"resource": resource.pk, **({"offer": offer.pk} if offer else {})}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Why free, why not"),
            "subject": resource,
            "resource": resource,
            "offers": form if offers else None,
            **chosen(values),
            **(explanation(request, _terms(resource, offer), timezone.now()) if offer else {}),
        }
        return TemplateResponse(request, "admin/appointments/explain/page.html", context)

    def _resource(self, request: HttpRequest) -> ServiceResource:
        """The one in the address. Raises PermissionDenied for whose agenda is out of reach."""
        key = request.GET.get("resource", "")
        seen = reach(request).resources(Act.SEE_APPOINTMENTS)
        found = seen.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
        if found is None:
            raise PermissionDenied
        return found


def _offers(resource: ServiceResource) -> QuerySet[TerritoryWorkType]:
    """What is offered where it is a member."""
    rows = TerritoryWorkType.objects.filter(territory__memberships__service_resource=resource)
    rows = rows.select_related("work_type", "territory__operating_hours").distinct()
    return rows.order_by("territory__name", "work_type__name", "pk")


def _terms(resource: ServiceResource, offer: TerritoryWorkType) -> Terms:
    """As of an invitation to it alone, on any day."""
    return Terms(
        work_type=WorkType.objects.with_rules().get(pk=offer.work_type_id),
        territory=offer.territory,
        hosts=(resource,),
        appointment_type=AppointmentType.IN_PERSON,
        time_zone=offer.territory.time_zone,
    )
