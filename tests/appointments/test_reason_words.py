"""Words for every reason."""

from __future__ import annotations

import pytest

from appointments.reason_words import PHRASES, SENTENCES
from scheduling.engine.rules import Reason


@pytest.mark.parametrize("words", [PHRASES, SENTENCES])
def test_every_reason_has_words_of_its_own(words):
    assert set(words) == set(Reason)
    assert len({str(each) for each in words.values()}) == len(Reason)
