"""The dates on which something that recurs does not take place, as they are typed."""

import pytest
from django.core.exceptions import ValidationError

from appointments.admin.repeating import DatesField


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-12-24, 2026-12-31", ["2026-12-24", "2026-12-31"]),
        ("31.12.2026; 1.1.2027", ["2026-12-31", "2027-01-01"]),
        ("24.12.2026 2026-12-24", ["2026-12-24"]),
        ("", []),
    ],
)
def test_dates_are_read_however_they_are_separated(typed, meant):
    assert DatesField(required=False).clean(typed) == meant


@pytest.mark.parametrize("typed", ["12/24/2026", "24/12/2026", "31.2.2026", "24.12.", "Christmas"])
def test_what_two_readers_would_read_as_two_days_or_none_is_refused(typed):
    with pytest.raises(ValidationError, match="Enter dates like"):
        DatesField(required=False).clean(typed)
