"""Where so much was booked within a day that it has to pause."""

import pytest

from tests.browser.invitations import make_host, make_office
from tests.browser.steps import choose_a_time, fill_in, send, url_of
from tests.browser.test_pages import look_at
from tests.factories import make_invitation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_guest_over_the_limit_finds_everything_typed_and_whom_to_ask(new_page, settings):
    settings.LIMIT_PER_INVITATION = 1
    office = make_office()
    key = make_invitation(make_host(office), territory=office)
    page = new_page()
    for heading in ("You’re booked", "Your details"):
        page.goto(url_of(key))
        choose_a_time(page)
        fill_in(page)
        send(page)
        page.get_by_role("heading", name=heading).wait_for()
    page.get_by_text("we have to pause here").wait_for()
    assert page.get_by_label("First name").input_value() == "Gerda"
    look_at(page, "over_the_limit")
