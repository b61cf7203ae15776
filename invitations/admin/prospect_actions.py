"""What can be done with chosen recipients, from another letter to a withdrawn link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments.changes import Author
from appointments.locks import TOO_BUSY, TooBusyError
from invitations.generate import ImpossibleCriteriaError
from invitations.models import ProspectList, RecipientQuerySet
from invitations.prospects import extending, reminding, sending
from invitations.prospects.adding import remove_recipients
from invitations.views.prospects.access import author_of
from invitations.views.prospects.exporting import file_of
from invitations.views.prospects.extending import ExtendForm
from invitations.views.staff import admin_context
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach

FIRST_ONES = 10
"""So many are named before all are dealt with."""

Sending = Callable[..., int]


class RecipientActions(NarrowedAdmin):
    """Each goes list by list through ``sending``, for the lists that the user may send."""

    actions = ("write_again", "remind", "extend", "withdraw", "take_off", "as_csv", "as_xlsx")

    @admin.action(description=_("Send the letter again"), permissions=["change"])
    def write_again(self, request: HttpRequest, rows: RecipientQuerySet) -> None:
        done = _for_each_list(request, rows, sending.resend)
        words = ngettext("%(n)s letter is in line again.", "%(n)s letters are in line again.", done)
        _say(request, words, done)

    @admin.action(description=_("Remind now…"), permissions=["change"])
    def remind(self, request: HttpRequest, rows: RecipientQuerySet) -> HttpResponse | None:
        """Asks first, and says who is left out."""
        if "apply" not in request.POST:
            found = reminding.to_remind(rows, timezone.now())
            return _ask(request, "remind", gettext("Remind now"), found, chosen=rows.count())
        done = _for_each_list(request, rows, reminding.remind)
        words = ngettext("%(n)s reminder is in line.", "%(n)s reminders are in line.", done)
        _say(request, words, done)
        return None

    @admin.action(description=_("Extend the link…"), permissions=["extend"])
    def extend(self, request: HttpRequest, rows: RecipientQuerySet) -> HttpResponse | None:
        """Asks until when."""
        form = ExtendForm(request.POST if "apply" in request.POST else None)
        done = _extended(request, rows, form) if form.is_valid() else 0
        if not form.is_valid():
            title = gettext("Extend the links of some")
            fields = AdminForm(form, [(None, {"fields": ["until"]})], {})  # type: ignore[arg-type]
            return _ask(request, "extend_some", title, rows, adminform=fields, action="extend")
        words = ngettext("%(n)s link was extended.", "%(n)s links were extended.", done)
        _say(request, words, done)
        return None

    def has_extend_permission(self, request: HttpRequest) -> bool:
        return reach(request).anybody(Act.CHANGE_INVITATIONS)

    @admin.action(description=_("Withdraw the invitation…"), permissions=["change"])
    def withdraw(self, request: HttpRequest, rows: RecipientQuerySet) -> HttpResponse | None:
        """Asks first: there is no way back."""
        if "apply" not in request.POST:
            return _ask(request, "withdraw", gettext("Withdraw invitations"), rows)
        done = _for_each_list(request, rows, sending.withdraw)
        words = ngettext("%(n)s link was withdrawn.", "%(n)s links were withdrawn.", done)
        _say(request, words, done)
        return None

    @admin.action(description=_("Take off the list"), permissions=["change"])
    def take_off(self, request: HttpRequest, rows: RecipientQuerySet) -> None:
        """Only who was never written to."""
        done = _for_each_list(request, rows, _removed)
        words = ngettext("%(n)s is off the list.", "%(n)s are off the list.", done)
        _say(request, words, done)

    @admin.action(description=_("Save as CSV"), permissions=["view"])
    def as_csv(self, request: HttpRequest, rows: RecipientQuerySet) -> HttpResponse:
        return file_of(rows, "csv", gettext("recipients"))

    @admin.action(description=_("Save for Excel (XLSX)"), permissions=["view"])
    def as_xlsx(self, request: HttpRequest, rows: RecipientQuerySet) -> HttpResponse:
        return file_of(rows, "xlsx", gettext("recipients"))


def _ask(
    request: HttpRequest, page_name: str, title: str, rows: RecipientQuerySet, **more: Any
) -> HttpResponse:
    """The page before an action on the chosen ones; ``rows`` are those to whom it would be done."""
    across = request.POST.get("select_across") == "1"
    chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
    number, page = rows.count(), page_in(request)
    context = {
        **admin_context(request, title),
        "action": page_name,
        "prospect_list": page and ProspectList.objects.get(pk=page),
        "number": number,
        "names": rows[:FIRST_ONES],
        "more": max(number - FIRST_ONES, 0),
        "across": int(across),
        "sent_on": chosen[:1] if across else chosen,
        **more,
    }
    return TemplateResponse(request, f"admin/invitations/prospects/{page_name}.html", context)


def page_in(request: HttpRequest) -> int | None:
    """The key of the list whose page this is; None for all recipients that the user may see."""
    match = request.resolver_match
    return match.kwargs.get("prospect_list") if match else None


def _removed(key: int, rows: RecipientQuerySet, *, author: Author, now: datetime) -> int:
    return remove_recipients(key, rows.values_list("pk", flat=True), author)


def _extended(request: HttpRequest, rows: RecipientQuerySet, form: ExtendForm) -> int:
    """How many were. Says beside the field what makes no sense about the day."""
    until = form.cleaned_data["until"]

    def extend(key: int, rows: RecipientQuerySet, *, author: Author, now: datetime) -> int:
        try:
            return extending.extend_some(key, rows, until, author=author, now=now)
        except ImpossibleCriteriaError as error:
            form.add_error("until", error.message)
            return 0

    return _for_each_list(request, rows, extend, Act.CHANGE_INVITATIONS)


def _for_each_list(
    request: HttpRequest, rows: RecipientQuerySet, do: Sending, act: Act = Act.GENERATE
) -> int:
    """To how many recipients it was done. Says which lists refuse it, and why."""
    lists = ProspectList.objects.filter(recipients__in=rows.order_by().values("pk")).distinct()
    if not reach(request).everybody(act):
        lists = lists.of_resources(reach(request).resources(act))
    done = 0
    for each in lists.with_invitation(timezone.now()):
        try:
            done += do(each.pk, rows, author=author_of(request, each, act), now=timezone.now())
        except sending.LinkClosedError:
            messages.warning(request, gettext("%(list)s: the link is closed.") % {"list": each})
        except TooBusyError:
            messages.warning(request, TOO_BUSY)
    return done


def _say(request: HttpRequest, words: str, done: int) -> None:
    if done:
        messages.success(request, words % {"n": done})
    else:
        messages.info(request, gettext("Nothing changed."))
