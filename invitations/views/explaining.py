"""Why an invitation has times when it has, for staff: its week in layers."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from appointments.admin.explanation import chosen, explanation
from appointments.terms import Terms
from invitations.caps import all_capped
from invitations.choices import all_terms_of
from invitations.models import Invitation
from invitations.summary import heading
from invitations.views.staff import admin_context
from scheduling.access import Act
from scheduling.admin.narrowed import reach


class WayForm(forms.Form):
    """Which of the guest’s choices."""

    offer = forms.ChoiceField(label=gettext_lazy("For"))


@require_safe
def explain_page(request: HttpRequest, invitation: int) -> HttpResponse:
    """``?offer=`` names the guest’s choice, where there is one; the rest is as for a resource."""
    now = timezone.now()
    seen = Invitation.objects.of_resources(reach(request).resources(Act.SEE_INVITATIONS))
    found = get_object_or_404(seen.for_staff(now), pk=invitation)
    [ways] = all_capped([found], all_terms_of([found]), now)
    form, terms = _chosen(request, ways)
    values = {"offer": _name(terms)} if terms and len(ways) > 1 else {}
    context = {
        **admin_context(request, _("Why free, why not")),
        "subject": heading(found),
        "invitation": found,
        "offers": form if len(ways) > 1 else None,
        **chosen(values),
        **(explanation(request, terms, now) if terms else {}),
    }
    return render(request, "admin/invitations/explain.html", context)


def _chosen(request: HttpRequest, ways: list[Terms]) -> tuple[WayForm, Terms | None]:
    """The way that the address names, else the first; none where nothing is offered."""
    named: dict[str, Terms] = {_name(terms): terms for terms in ways}
    form = WayForm({"offer": request.GET.get("offer", next(iter(named), ""))})
    choices: list[tuple[str, Any]] = [
        (name, f"{terms.title}, {terms.territory}") for name, terms in named.items()
    ]
    cast(forms.ChoiceField, form.fields["offer"]).choices = choices
    name = form.cleaned_data["offer"] if form.is_valid() else next(iter(named), "")
    return form, named.get(name)


def _name(terms: Terms) -> str:
    """How the address calls a way: by topic, if any, and place."""
    return f"{terms.topic.pk if terms.topic else 0}-{terms.territory.pk}"
