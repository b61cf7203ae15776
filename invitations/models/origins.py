"""Where bookings came from, for as long as that is counted."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from scheduling.prepared import prepared

TIDIED_AT_ONCE = 100


class BookingOriginQuerySet(models.QuerySet["BookingOrigin"]):
    def forget(self, before: datetime) -> None:
        """Delete what is older. Rows that another booking is just deleting are left to it."""
        if keys := _older(before):
            self.filter(pk__in=keys).delete()


class BookingOrigin(models.Model):
    """That something was booked from a network, which a keyed hash names.

    It says neither what nor by whom, and is deleted by a later booking once a day has passed.
    """

    network = models.CharField(_("network"), max_length=64)
    at = models.DateTimeField(_("at"), db_index=True)

    objects = BookingOriginQuerySet.as_manager()

    class Meta:
        verbose_name = _("origin of a booking")
        verbose_name_plural = _("origins of bookings")
        ordering = ["pk"]
        indexes = [models.Index(fields=["network", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} UTC"


@prepared
def _older(before: datetime) -> models.QuerySet[BookingOrigin, int]:
    old = BookingOrigin.objects.filter(at__lte=before).select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked
    )
    return old.order_by().values_list("pk", flat=True)[:TIDIED_AT_ONCE]
