"""The admin of recipients: the page of one list, and each of its people."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments.fields import AddressField, LineField
from appointments.locks import TOO_BUSY, TooBusyError, waiting_for_locks
from appointments.models import GRACE
from invitations.admin.prospect_actions import RecipientActions, page_in
from invitations.admin.prospect_columns import (
    ReachedFilter,
    RecipientColumns,
    StateFilter,
    find_appointments,
)
from invitations.keys import invitation_url
from invitations.models import ProspectList, Recipient, RecipientQuerySet
from invitations.prospects.page import head_of
from scheduling.access import Act
from scheduling.admin.narrowed import reach
from scheduling.models import ServiceResource

FIELDS = {
    "first_name": LineField,
    "last_name": LineField,
    "email": AddressField,
    "phone": LineField,
}


class ListPage(ChangeList):
    """A page of the recipients; each knows its ``appointment`` as far as the user may see it."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        find_appointments(request, list(self.result_list))


class CorrectionForm(forms.ModelForm):
    def clean_email(self) -> str:
        """The database refuses it as well, but of a list, which no form names.

        Behind the same lock as whoever is added. The page is one transaction, so the list stays
        locked until the address is saved.
        """
        email: str = self.cleaned_data["email"]
        try:
            with waiting_for_locks():
                prospect_list = ProspectList.lock(self.instance.prospect_list_id)
        except TooBusyError as error:
            raise ValidationError(TOO_BUSY) from error
        others = prospect_list.recipients.exclude(pk=self.instance.pk)
        if others.with_address(email).exists():
            raise ValidationError(_("This address is on the list already."))
        return email


@admin.register(Recipient)
class RecipientAdmin(RecipientActions, RecipientColumns):
    form = CorrectionForm
    acts = {"view": Act.GENERATE, "change": Act.GENERATE}
    list_filter = (ReachedFilter, StateFilter)
    search_fields = ("first_name", "last_name", "email")
    change_list_template = "admin/invitations/prospects/recipients.html"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # the picture above the list counts them
    fields = (
        ("first_name", "last_name"),
        "email",
        "phone",
        "state",
        *RecipientColumns.times,
        "link",
    )
    empty_hint = _("Press “Add recipients” to paste or upload whom to invite.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        lists = ProspectList.objects.of_resources(resources)
        return rows.filter(prospect_list__in=lists.values("pk"))

    def get_queryset(self, request: HttpRequest) -> RecipientQuerySet:
        rows = cast(RecipientQuerySet, super().get_queryset(request))
        rows = rows.with_history(timezone.now() - GRACE)
        if page := page_in(request):
            rows = rows.filter(prospect_list=page)
        return rows.select_related("prospect_list__invitation__website", "key")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ListPage

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """As strict as where recipients are added."""
        if db_field.name in FIELDS:
            kwargs["form_class"] = FIELDS[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who was chosen among the clients is corrected there."""
        of_client = tuple(FIELDS) if obj and obj.client_id else ()
        return (*of_client, "state", *self.times, "link")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # reached from their lists

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # added on the pages of the list, with a key

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its link would be dead (rule L3); withdrawing says why

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # Only what was typed: the record of their client may be merged in this very moment.
        obj.save(update_fields=form.changed_data)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return redirect("admin:invitations_prospectlist_recipients", obj.prospect_list_id)

    def page_of(self, request: HttpRequest, prospect_list: ProspectList) -> HttpResponse:
        """The recipients of one list, under what became of all of them."""
        context = {
            "title": prospect_list.name,
            "head": head_of(prospect_list, timezone.now()),
            "may_extend": reach(request).anybody(Act.CHANGE_INVITATIONS),
        }
        return self.changelist_view(request, context)

    @admin.display(description=_("link"))
    def link(self, recipient: Recipient) -> SafeString:
        return format_html("<code>{}</code>", invitation_url(recipient.key))
