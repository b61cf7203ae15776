"""A Friday at noon in Berlin, so that the first free week is this one or the next."""

import pytest
import time_machine

from tests.factories import at


@pytest.fixture
def friday():
    with time_machine.travel(at("2026-11-20 12:00"), tick=False):
        yield at("2026-11-20 12:00")
