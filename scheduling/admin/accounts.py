"""The admin of log-ins and groups. Nobody gets at more through it than they may already do."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from scheduling.admin.narrowed import NarrowedAdmin, reach

# What belongs to a log-in beside its name has no page of its own.
admin.site.unregister((User, Group, EmailAddress, Authenticator))


@admin.register(User)
class AccountAdmin(NarrowedAdmin, UserAdmin):
    """Who is no superuser sees no superuser, and hands out no more than they have."""

    list_filter = ("is_staff", "is_active", ("groups", admin.RelatedOnlyFieldListFilter))

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows = super().get_queryset(request)
        return rows.filter(pk__in=reach(request).accounts().values("pk"))

    def choices(self, related: type[Model], request: HttpRequest) -> QuerySet[Any]:
        if related is Group:
            return reach(request).groups()
        return super().choices(related, request)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = CheckboxSelectMultiple()  # a few: nothing to filter
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        sections = super().get_fieldsets(request, obj)
        if obj is None or _is_superuser(request):
            return sections
        name, person, _permissions, dates = sections
        rights = (_("Permissions"), {"fields": ("is_active", "is_staff", "groups")})
        return (name, person, rights, dates)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if _is_superuser(request):
            return ()
        dates = ("last_login", "date_joined")
        return (*dates, "is_active", "is_staff", "groups") if obj == request.user else dates


@admin.register(Group)
class RolesAdmin(NarrowedAdmin, GroupAdmin):  # type: ignore[misc]  # its request may be None
    """Groups, which only superusers change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_superuser(request)


def _is_superuser(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser
