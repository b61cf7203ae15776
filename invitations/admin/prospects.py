"""The admin of prospect lists: all of them, the settings of each, and its page."""

from __future__ import annotations

from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.admin.lists import by_time, moment
from appointments.locks import TOO_BUSY, TooBusyError, waiting_for_locks
from invitations.admin.lists import two_lines
from invitations.admin.prospect_adding import adding_urls
from invitations.admin.prospect_figures import OfResource, ways_to
from invitations.admin.prospect_urls import prospect_urls
from invitations.models import ProspectList, Recipient
from invitations.models.bookings import last_booked
from invitations.models.lists import ProspectListQuerySet
from invitations.prospects.funnel import NOBODY, Funnel, Reached, funnels, sum_of
from invitations.prospects.letters import USUAL_MESSAGE, USUAL_SUBJECT
from invitations.prospects.merge_fields import FIELDS
from invitations.prospects.pace import respace
from invitations.prospects.progress import state_of
from invitations.views.prospects.access import list_for
from invitations.views.prospects.letter import examples
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource


class ListOfLists(ChangeList):
    """A page of the lists; each knows its ``funnel``, and leads to where it is read."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.may_begin = reach(request).anybody(Act.GENERATE)
        self.ways = ways_to(request, self.result_list)
        found = funnels(self.result_list, timezone.now())
        for each in self.result_list:
            each.funnel = found.get(each.pk, NOBODY)
        self.totals = sum_of(found.values())

    def url_for_result(self, result: Any) -> str:
        return self.ways[result.pk]


class ListForm(forms.ModelForm):
    """Shows the words that go out where none are given, and what can be filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, usual in {"subject": USUAL_SUBJECT, "message": USUAL_MESSAGE}.items():
            if name in self.fields:
                self.fields[name].widget.attrs["placeholder"] = usual
        if "message" in self.fields:
            self.fields["message"].help_text = _help()

    def clean(self) -> dict[str, Any]:
        """Behind the same lock as whoever sends, whose letters get other times by another pace.

        The page is one transaction, so the list stays locked until it is saved.
        """
        try:
            with waiting_for_locks():
                ProspectList.lock(self.instance.pk)
        except TooBusyError:
            self.add_error(None, TOO_BUSY)
        return self.cleaned_data


def _help() -> str:
    """“You may write: {first_name} – their first name, …”."""
    fields = ", ".join(f"{{{name}}} – {words}" for name, words in FIELDS.items())
    return gettext(
        "Filled in for each: %(fields)s. Their link is under the letter in any case."
    ) % {"fields": fields}


@admin.register(ProspectList)
class ProspectListAdmin(NarrowedAdmin):
    acts = {"view": Act.SEE_INVITATIONS, "change": Act.GENERATE}
    form = ListForm
    list_display = ("name", "invited_to", "recipients", "sent", "opened", "booked", "state", "last")
    list_filter = (
        ("invitation__owner", admin.RelatedOnlyFieldListFilter),
        ("invitation__hosts__service_resource", admin.RelatedOnlyFieldListFilter),
        OfResource,
    )
    search_fields = ("name", "invitation__topic__name", "invitation__owner__name")
    fieldsets = (
        (None, {"fields": ("name", "locks_contact")}),
        (_("Letter"), {"fields": ("subject", "message")}),
        (_("Sending"), {"fields": ("per_minute", ("nudges", "nudge_days"))}),
    )
    change_form_template = "admin/invitations/prospects/letter.html"
    empty_hint = _("Press “New list” to write to many at once, each with a link of their own.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return cast(ProspectListQuerySet, rows).of_resources(resources)

    def get_queryset(self, request: HttpRequest) -> ProspectListQuerySet:
        rows = cast(ProspectListQuerySet, super().get_queryset(request))
        rows = rows.with_invitation(timezone.now())
        return rows.annotate(last_booked=last_booked("invitation"))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ListOfLists

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # begun from an invitation

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its links would be dead (rule L3)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        page = wrap(self.recipients_page)
        name = "invitations_prospectlist_recipients"
        return [
            path("<int:prospect_list>/recipients/", page, name=name),
            *prospect_urls(wrap),
            *adding_urls(wrap),
            *super().get_urls(),
        ]

    def recipients_page(self, request: HttpRequest, prospect_list: int) -> HttpResponse:
        """The list's page: its recipients, under what became of all of them."""
        found = list_for(request, prospect_list)
        recipients = cast(Any, self.admin_site.get_model_admin(Recipient))
        return cast(HttpResponse, recipients.page_of(request, found))

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """With previews of the letter in frames."""
        return super().change_view(request, *args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Whoever may send the letter sees what its readers will."""
        prospect_list = context["original"]
        context["title"] = gettext("Letter and settings")
        if self.has_change_permission(request, prospect_list):
            context["examples"] = examples(prospect_list)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # Only what was typed: somebody may begin to send, or pause, in this very moment.
        obj.save(update_fields=form.changed_data)
        if "per_minute" in form.changed_data:
            respace(obj.pk, now=timezone.now())

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return redirect("admin:invitations_prospectlist_recipients", obj.pk)

    @admin.display(description=_("invitation, for whom"))
    def invited_to(self, prospect_list: ProspectList) -> SafeString:
        invitation = prospect_list.invitation
        what = invitation.topic or invitation.work_type or _("any topic")
        return two_lines(what, invitation.owner)

    @admin.display(description=_("recipients"))
    def recipients(self, prospect_list: ProspectList) -> int:
        return _count(prospect_list, Reached.LISTED)

    @admin.display(description=_("sent"))
    def sent(self, prospect_list: ProspectList) -> int:
        return _count(prospect_list, Reached.SENT)

    @admin.display(description=_("opened"))
    def opened(self, prospect_list: ProspectList) -> int:
        return _count(prospect_list, Reached.OPENED)

    @admin.display(description=_("booked"))
    def booked(self, prospect_list: ProspectList) -> int:
        return _count(prospect_list, Reached.BOOKED)

    @admin.display(description=_("state"), ordering=by_time("started_at"))
    def state(self, prospect_list: ProspectList) -> SafeString:
        return state_of(prospect_list, _funnel(prospect_list))

    @admin.display(description=_("last booked"), ordering=by_time("last_booked"))
    def last(self, prospect_list: Any) -> str:
        return moment(prospect_list.last_booked, prospect_list.invitation.time_zone)


def _funnel(prospect_list: Any) -> Funnel:
    funnel: Funnel = prospect_list.funnel
    return funnel


def _count(prospect_list: ProspectList, step: Reached) -> int:
    return _funnel(prospect_list).counts[step]
