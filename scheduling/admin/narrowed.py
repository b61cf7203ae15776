"""What every page of the admin stands on: who gets in, which rows there are, what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_permission_codename
from django.db.models import Model, Q, QuerySet, URLField
from django.db.models.constants import LOOKUP_SEP
from django.forms.models import _get_foreign_key
from django.http import Http404, HttpRequest
from django.utils import timezone

from scheduling.access import Act, Reach, reach_of
from scheduling.admin.formsets import DistinctRows
from scheduling.models import ServiceResource

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def reach(request: HttpRequest) -> Reach:
    """Whom the signed-in user may act for, asked once per request."""
    found: Reach | None = vars(request).get("reach")
    if found is None:
        found = vars(request)["reach"] = reach_of(request.user, timezone.now())
    return found


class NarrowedChoices(BaseModelAdmin):
    """Forms in which a relation leads to no row that its user may not see.

    What a row already points to can be kept.
    """

    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def rows_edited(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the form is about, none while one is added."""
        raise NotImplementedError

    def choices(self, related: type[Model], request: HttpRequest) -> QuerySet[Any]:
        """The related rows that may be chosen anew: what the user sees on their own pages."""
        try:
            page = self.admin_site.get_model_admin(related)
        except NotRegistered:
            opts = related._meta
            seen = f"{opts.app_label}.{get_permission_codename('view', opts)}"
            rows = related._default_manager.all()
            return rows if request.user.has_perm(seen) else rows.none()
        return page.get_queryset(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self._offered(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self._offered(db_field, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _offered(self, relation: Any, request: HttpRequest) -> QuerySet[Any]:
        anew = self.choices(relation.related_model, request).order_by()
        kept = self.rows_edited(request).order_by().filter(**{f"{relation.name}__isnull": False})
        rows = self.get_field_queryset(None, relation, request)
        if rows is None:
            rows = relation.related_model._default_manager.all()
        return rows.filter(Q(pk__in=anew.values("pk")) | Q(pk__in=kept.values(relation.name)))


class NarrowedAdmin(NarrowedChoices, admin.ModelAdmin):
    """The base of every registered admin.

    Without more it takes the model permissions, and shows nothing to others. ``acts`` says for
    “view”, “add”, “change” and “delete” which act on a resource it is: whoever may do it for a
    resource is let in as well, to the rows that ``of_resources`` says are that resource's. What
    is not in ``acts`` takes the model permission; what an admin adds of its own asks
    ``reaches``. Lists, pages, histories, actions, searches by
    typing and the choices of other forms all come from ``get_queryset``: narrow it further by
    calling it first. Where a form of its own asks for a resource, it offers those for whom the
    user may do what the form does. Inlines stand on ``NarrowedInline``.

    ``empty_hint`` says what to do about an empty list.
    """

    acts: Mapping[str, Act] = {}
    empty_hint: str | StrPromise = ""
    view_on_site = False  # those pages are for guests: whoever opens them may do what a guest may

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        """The rows that belong to any of the resources."""
        return rows.none()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if super().has_view_permission(request):
            return rows
        if "view" not in self.acts:
            return rows.none()
        return self.of_resources(rows, reach(request).resources(self.acts["view"]))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Raises Http404 for unknown rows and for those out of reach alike."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def rows_edited(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.all()
        edited = _object_id(request)
        return rows.none() if edited is None else rows.filter(pk=edited)

    def choices(self, related: type[Model], request: HttpRequest) -> QuerySet[Any]:
        act = self.acts.get("add" if _object_id(request) is None else "change")
        if act and issubclass(related, ServiceResource):
            return reach(request).resources(act)
        return super().choices(related, request)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Only by what is offered beside the list: other lookups could spell out hidden fields."""
        offered = [_parameter(item) for item in self.get_list_filter(request)]
        first = {name.split(LOOKUP_SEP)[0] for name in [*offered, self.date_hierarchy] if name}
        if lookup.split(LOOKUP_SEP)[0] not in first:
            return False
        return super().lookup_allowed(lookup, value, request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or self.reaches("view", request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) or self.reaches("view", request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) or self.reaches("add", request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) or self.reaches("change", request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) or self.reaches("delete", request, obj)

    def reaches(self, verb: str, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether ``acts`` lets the user do it, to a row or to any at all."""
        act = self.acts.get(verb)
        if act is None:
            return False
        if obj is None:
            return reach(request).anybody(act)
        row = self.model._default_manager.filter(pk=obj.pk)
        return self.of_resources(row, reach(request).resources(act)).exists()


class NarrowedInline(NarrowedChoices, InlineModelAdmin):
    """The base of every inline: its relations offer what the user may see."""

    formset = DistinctRows

    def rows_edited(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.all()
        parent = _object_id(request)
        if parent is None:
            return rows.none()
        key = _get_foreign_key(self.parent_model, self.model, fk_name=self.fk_name)
        return rows.filter(**{key.name: parent})


class AddedOrDeleted(NarrowedInline):
    """An inline whose rows say one thing each: they are added and deleted, not changed."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SeenWithParent(NarrowedInline):
    """An inline that everybody sees who may see the page it stands on."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True


def _object_id(request: HttpRequest) -> str | None:
    """The key in the address of a page about one row."""
    match = request.resolver_match
    found = match.kwargs.get("object_id") if match else None
    return None if found is None else unquote(found)


def _parameter(list_filter: Any) -> str | None:
    """How a filter beside a list is called in the address."""
    if isinstance(list_filter, type):
        return getattr(list_filter, "parameter_name", None)
    return list_filter if isinstance(list_filter, str) else list_filter[0]
