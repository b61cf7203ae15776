"""The ready-made groups, so that daily work needs no superuser."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.apps.registry import Apps
from django.contrib.auth.models import Group, User
from django.db.models import Q

ADMINISTRATORS = "Scheduling administrators"
RESOURCES = "Service resources"
ASSISTANTS = "Assistants"
READY_MADE = (ADMINISTRATORS, RESOURCES, ASSISTANTS)

APPS = ("scheduling", "appointments", "invitations")
# A model permission reaches everybody's rows: resources and assistants get it for what belongs
# to nobody, and the rest from scheduling.access.
REFERENCE = ("territory", "worktype", "worktypegroup", "customerwebsite")
PERMISSIONS = {
    ADMINISTRATORS: Q(content_type__app_label__in=APPS)
    | Q(
        content_type__app_label="auth",
        codename__in=("view_user", "add_user", "change_user"),
    ),
    RESOURCES: Q(
        content_type__app_label__in=APPS, codename__in=[f"view_{model}" for model in REFERENCE]
    ),
}
PERMISSIONS[ASSISTANTS] = PERMISSIONS[RESOURCES]


def after_migrate(sender: AppConfig, using: str, apps: Apps = global_apps, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``: make the groups, and add the permissions they lack.

    It is called once per app, after Django has made that app's permissions. What somebody added
    to a group stays; what somebody took away comes back: for less, make a group of your own.
    """
    if sender.label not in APPS:
        return
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
        permissions = apps.get_model("auth", "Permission").objects.using(using)
    except LookupError:  # migrated back to nothing
        return
    for name, wanted in PERMISSIONS.items():
        group, _ = groups.get_or_create(name=name)
        group.permissions.add(*permissions.filter(wanted).exclude(group=group))


def join(user: User, name: str) -> None:
    """Let somebody into the admin, as one of a ready-made group."""
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.add(*Group.objects.filter(name=name))
