"""Why a resource can be booked when: its week in layers, for work offered where it works."""

from __future__ import annotations

from collections.abc import Mapping
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
    """For which work, and where; how it is met is asked where groups are offered (rule A10)."""

    offer = OfferField(TerritoryWorkType.objects.none(), label=_("For"), empty_label=None)
    meeting = forms.ChoiceField(label=_("Type"), choices=AppointmentType, required=False)

    def __init__(self, chosen: Mapping[str, str], offers: QuerySet[TerritoryWorkType]) -> None:
        super().__init__({"offer": getattr(offers.first(), "pk", ""), **chosen})
        self.fields["offer"].queryset = offers  # type: ignore[attr-defined]
        if not any(offer.work_type.is_for_groups for offer in offers):
            del self.fields["meeting"]


class ExplainPage(NarrowedAdmin):
    """The page ``explain/?resource=…&offer=…``, with ``week``, or a start ``at`` which it asks."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.explain_page)
        name = "appointments_appointment_explain"
        return [path("explain/", page, name=name), *super().get_urls()]

    def explain_page(self, request: HttpRequest) -> HttpResponse:
        resource = self._resource(request)
        offers = _offers(resource)
        form = OfferForm(request.GET.dict(), offers)
        terms = _terms(resource, **form.cleaned_data) if form.is_valid() else None
        found = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
        values = {"resource": resource.pk, **(found if terms else {})}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Why free, why not"),
            "subject": resource,
            "resource": resource,
            "offers": form if offers else None,
            **chosen(values),
            **(explanation(request, terms, timezone.now()) if terms else {}),
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


def _terms(resource: ServiceResource, offer: TerritoryWorkType, meeting: str = "") -> Terms:
    """As of an invitation to it alone, on any day."""
    return Terms(
        work_type=WorkType.objects.with_rules().get(pk=offer.work_type_id),
        territory=offer.territory,
        hosts=(resource,),
        appointment_type=meeting or AppointmentType.IN_PERSON,
        time_zone=offer.territory.time_zone,
    )
