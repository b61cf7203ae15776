from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvitationsConfig(AppConfig):
    name = "invitations"
    verbose_name = _("Invitations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They register their outbox kinds, and what workers see to.
        from invitations.prospects import dry_lists, importing, letters, pace  # noqa: F401
