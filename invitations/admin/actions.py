"""What can be done to several invitations at once: switch off, switch on, extend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments.locks import TOO_BUSY, TooBusyError
from invitations import changes
from invitations.generate import ImpossibleCriteriaError
from invitations.models import Invitation
from invitations.spans import Span, SpanField
from invitations.views.staff import admin_context
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource

Change = Callable[..., bool]
"""A function of ``changes``: takes a key, who does it and for whom, and the instant."""


class ExtendForm(forms.Form):
    by = SpanField(
        label=_("By"),
        help_text=_("Counted from the present last day, or from today if that is over."),
    )

    def clean_by(self) -> Span:
        by = Span.parse(self.cleaned_data["by"])
        if by.number < 1:
            raise forms.ValidationError(_("Extend by one day at least."))
        return by


class LifeActions(NarrowedAdmin):
    """Each act goes row by row through ``changes``, for the rows that the user may change."""

    actions = ("switch_off", "switch_on", "extend")

    @admin.action(description=_("Switch off"), permissions=["change"])
    def switch_off(self, request: HttpRequest, rows: QuerySet[Invitation]) -> HttpResponse | None:
        off = partial(changes.change, values={"is_active": False})
        done = self._apply(request, rows, off)
        words = ngettext("%(n)s invitation is off now.", "%(n)s invitations are off now.", done)
        return _finish(request, words, done)

    @admin.action(description=_("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, rows: QuerySet[Invitation]) -> HttpResponse | None:
        on = partial(changes.change, values={"is_active": True})
        done = self._apply(request, rows, on)
        words = ngettext("%(n)s invitation is on now.", "%(n)s invitations are on now.", done)
        return _finish(request, words, done)

    @admin.action(description=_("Extend…"), permissions=["change"])
    def extend(self, request: HttpRequest, rows: QuerySet[Invitation]) -> HttpResponse | None:
        """Asks by how long on a page of its own."""
        form = ExtendForm(request.POST if "apply" in request.POST else None)
        if not form.is_valid():
            return self._extend_page(request, self.changeable(request, rows), form)
        done = self._apply(request, rows, partial(changes.extend, by=form.cleaned_data["by"]))
        words = ngettext("%(n)s invitation was extended.", "%(n)s invitations were extended.", done)
        return _finish(request, words, done)

    def changeable(self, request: HttpRequest, rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
        """Those of the rows that the user may change, not only see."""
        if reach(request).everybody(Act.CHANGE_INVITATIONS):
            return rows
        return self.of_resources(rows, reach(request).resources(Act.CHANGE_INVITATIONS))

    def acting_for(self, request: HttpRequest, invitation: Invitation) -> ServiceResource | None:
        """On whose behalf the user changes an invitation: that of a host, else of the owner."""
        people = [host.service_resource for host in invitation.hosts.all()]
        if invitation.owner:
            people.append(invitation.owner)
        return reach(request).acting_for(people, Act.CHANGE_INVITATIONS)

    def _apply(self, request: HttpRequest, rows: QuerySet[Invitation], change: Change) -> int:
        """How many were changed. Says which were not, and why."""
        invitations = list(self.changeable(request, rows))
        refused: defaultdict[str, list[str]] = defaultdict(list)
        changed = 0
        for invitation in invitations:
            try:
                changed += self._changed(request, invitation, change)
            except ImpossibleCriteriaError as error:
                refused[error.message].append(str(invitation))
            except TooBusyError:
                refused[str(TOO_BUSY)].append(str(invitation))
        for reason, names in refused.items():
            messages.warning(request, f"{', '.join(names)}: {reason}")
        _warn_of_foreign(request, rows.count() - len(invitations))
        return changed

    def _changed(self, request: HttpRequest, invitation: Invitation, change: Change) -> bool:
        return change(
            invitation.pk,
            actor=cast(User, request.user),
            on_behalf_of=self.acting_for(request, invitation),
            now=timezone.now(),
        )

    def _extend_page(
        self, request: HttpRequest, rows: QuerySet[Invitation], form: ExtendForm
    ) -> HttpResponse:
        context = {
            **admin_context(request, gettext("Extend invitations")),
            "invitations": rows,
            "form": form,
            "adminform": AdminForm(cast(Any, form), [(None, {"fields": ["by"]})], {}),
            "media": form.media,
            "checkbox": ACTION_CHECKBOX_NAME,
            "page": request.POST.get("page", ""),
        }
        return TemplateResponse(request, "admin/invitations/invitation/extend.html", context)


def _warn_of_foreign(request: HttpRequest, number: int) -> None:
    if number:
        words = ngettext(
            "%(n)s invitation is not yours to change.",
            "%(n)s invitations are not yours to change.",
            number,
        )
        messages.warning(request, words % {"n": number})


def _finish(request: HttpRequest, words: str, done: int) -> HttpResponse | None:
    """Say how many, and go back to the page that sent the form; None for the list."""
    if done:
        messages.success(request, words % {"n": done})
    else:
        messages.info(request, gettext("Nothing changed."))
    chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
    if "page" in request.POST and len(chosen) == 1 and chosen[0].isdecimal():
        return redirect("admin:invitations_invitation_change", chosen[0])
    return None
