"""What happens again and again, on a wall clock."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models.hours import whole_minute


class Recurrence(models.Model):
    """A rule of RFC 5545 whose occurrences are rows, made up to ``expanded_until``.

    Dates and times are those of a wall clock, whatever zone that is in: an occurrence begins at
    ``start_time`` on its date and ends at ``end_time``, on the next date where that is not later.
    """

    rule = models.CharField(
        _("repeats"), max_length=300, help_text=_("A rule of RFC 5545: FREQ=WEEKLY;BYDAY=MO,WE")
    )
    first_date = models.DateField(_("first day"))
    start_time = models.TimeField(_("from"), validators=[whole_minute])
    end_time = models.TimeField(_("to"), validators=[whole_minute])
    except_dates = models.JSONField(_("but not on"), default=list, blank=True)
    expanded_until = models.DateField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def first_start(self) -> datetime.datetime:
        """On the wall clock, without a zone."""
        return datetime.datetime.combine(self.first_date, self.start_time)

    @property
    def zone(self) -> ZoneInfo:
        """Of the wall clock."""
        raise NotImplementedError

    @property
    def shared(self) -> dict[str, Any]:
        """The fields that whatever is to come has from it, at any time."""
        raise NotImplementedError
