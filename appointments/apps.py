from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = _("Appointments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They register their outbox kinds, and what workers see to.
        from appointments import emails, guards, topping_up  # noqa: F401
        from appointments.foreign_calendars import deploying, refreshing  # noqa: F401

        pre_migrate.connect(guards.before_migrate, sender=self)
        post_migrate.connect(guards.after_migrate, sender=self)
        # Among the deployment checks only: migrate runs the others first, and it is the cure.
        register(guards.check_guards, Tags.database, deploy=True)
        register(deploying.check_from_here, Tags.security, deploy=True)
