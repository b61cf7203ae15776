"""A website beside ours, to which browsers send our cookies, learns nothing of who is signed in."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from invitations.models import InvitationKey
from tests.browser.websites import Website
from tests.clients import browser_of, make_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FETCHED = """async url => {
  const asked = mode => fetch(url, { mode, credentials: 'include' });
  const texts = ['no-cors', 'cors'].map(mode => asked(mode).then(each => each.text(), () => ''));
  return (await Promise.all(texts)).join('');
}"""


@pytest.fixture
def gerda(chromium: Browser, live_server: Any) -> Any:
    """A page of somebody who is signed in."""
    session = browser_of(make_client("Gerda Gast")).cookies["sessionid"].value
    with chromium.new_context() as context:
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        yield context.new_page()


def frame_of(page: Page, url: str, website: Website) -> Frame:
    """The invitation in a frame of the website, on the same site as ours."""
    website.write("/beside", f'<iframe src="{url}" width="900" height="1500"></iframe>')
    with page.expect_request(url) as asked:
        page.goto(f"{website.twin}/beside")
    assert "sessionid=" in asked.value.all_headers()["cookie"]
    frame = asked.value.frame
    frame.wait_for_load_state()
    return frame


def test_l6_l7_in_its_frame_and_by_its_scripts_nobody_is_signed_in(
    gerda: Page, bank: Website, bank_key: InvitationKey, live_server: Any
) -> None:
    bank_key.invitation.website.allowed_origins = bank.twin
    bank_key.invitation.website.save()
    url = f"{live_server.url}/invite/{bank_key.key}/"
    frame = frame_of(gerda, url, bank)
    expect(frame.get_by_role("heading", name="Choose a time")).to_be_visible()
    assert "Gerda" not in frame.content()
    frame.locator("[data-slot] a").first.click()
    expect(frame.get_by_label("First name")).to_be_visible()
    assert "Gerda" not in frame.content()
    assert gerda.evaluate(FETCHED, url) == ""
    gerda.goto(url)
    expect(gerda.get_by_text("Gerda Gast")).to_be_visible()


def test_l7_what_is_a_clients_own_is_in_no_frame(
    gerda: Page, bank: Website, bank_key: InvitationKey, live_server: Any
) -> None:
    url = f"{live_server.url}/my/"
    frame = frame_of(gerda, url, bank)
    assert "Gerda" not in frame.content()
    gerda.goto(url)
    expect(gerda.get_by_text("Gerda Gast")).to_be_visible()
