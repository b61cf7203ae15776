"""The admin of log-ins and groups. Nobody gets at more through it than they may already do."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from scheduling.admin.narrowed import NarrowedAdmin, reach

# What belongs to a log-in beside its name has no page of its own.
admin.site.unregister((User, Group, EmailAddress, Authenticator))
admin.site.unregister((SocialAccount, SocialApp, SocialToken))


@admin.register(User)
class AccountAdmin(NarrowedAdmin, UserAdmin):
    """Who is no superuser sees no superuser, and hands out no more than they have."""

    list_filter = ("is_staff", "is_active", ("groups", admin.RelatedOnlyFieldListFilter))
    actions = ("take_second_factor",)

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

    @admin.action(permissions=["change"], description=_("Take away the second factor"))
    def take_second_factor(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """For colleagues who lost it. Nobody takes away their own so: they would need it first."""
        others = rows.exclude(username=request.user.get_username())
        users = list(others.filter(authenticator__isnull=False).distinct())
        for user in users:
            Authenticator.objects.filter(user=user).delete()
            self.log_change(request, user, [{"changed": {"fields": ["second factor"]}}])
        words = ngettext(
            "%(count)d second factor is taken away.",
            "%(count)d second factors are taken away.",
            len(users),
        )
        messages.info(request, words % {"count": len(users)})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        user = kwargs.get("obj")
        is_other = user is not None and user != request.user
        context["may_take_second_factor"] = (
            is_other
            and self.has_change_permission(request, user)
            and Authenticator.objects.filter(user=user).exists()
        )
        return super().render_change_form(request, context, *args, **kwargs)


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
