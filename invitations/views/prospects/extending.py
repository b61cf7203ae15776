"""Giving the links of a list more time."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from appointments import formats
from appointments.locks import TOO_BUSY, TooBusyError
from invitations.generate import ImpossibleCriteriaError
from invitations.models import ProspectList
from invitations.prospects import extending
from invitations.views.prospects.access import author_of, list_for
from invitations.views.staff import admin_context
from scheduling.access import Act


class ExtendForm(forms.Form):
    until = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day to be booked, and on which the links work."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def extend_links(request: HttpRequest, prospect_list: int) -> HttpResponse:
    """Asks for the new last day; the links stay what they are."""
    found = list_for(request, prospect_list, Act.CHANGE_INVITATIONS)
    present = {"until": found.invitation.last_day}
    form = ExtendForm(request.POST if request.method == "POST" else None, initial=present)
    if form.is_valid() and _extended(request, found, form):
        return redirect("admin:invitations_prospectlist_recipients", found.pk)
    context = {
        **admin_context(request, gettext("Extend the links")),
        "prospect_list": found,
        "form": form,
        "adminform": AdminForm(form, [(None, {"fields": ["until"]})], {}),  # type: ignore[arg-type]
    }
    return render(request, "admin/invitations/prospects/extend.html", context)


def _extended(request: HttpRequest, prospect_list: ProspectList, form: ExtendForm) -> bool:
    """Says beside the field what makes no sense about the day."""
    until: date = form.cleaned_data["until"]
    try:
        extending.extend(
            prospect_list.pk,
            until,
            author=author_of(request, prospect_list, Act.CHANGE_INVITATIONS),
            now=timezone.now(),
        )
    except ImpossibleCriteriaError as error:
        form.add_error("until", error.message)
    except TooBusyError:
        form.add_error(None, TOO_BUSY)
    else:
        words = gettext("The links work until %(day)s.") % {"day": formats.full_date(until)}
        messages.success(request, words)
    return not form.errors
