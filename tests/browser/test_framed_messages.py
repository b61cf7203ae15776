"""Pages that nobody invited: around the frame, beside it, in its place (rules L6, L7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from invitations.models import InvitationKey
from tests.browser.websites import (
    LISTEN,
    Website,
    framed,
    heard,
    height,
    listening,
    script,
    serving,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNREACHABLE = [["invitation:error", {"reason": "unreachable"}]]
FORGED = """
  { invitation: 'page', booked: { start: 'never', confirmed: true }, error: 'expired' }
"""


@pytest.fixture
def stranger() -> Iterator[Website]:
    """A website that is allowed nothing."""
    with serving() as website:
        yield website


def embedded(bank: Website, key: InvitationKey, live_server: Any, more: str = "") -> str:
    """The address of a page of the bank with an invitation, and more of the bank's."""
    given = f'data-invitation-key="{key.key}"'
    return bank.write("/book", script(live_server, given) + more)


def ready(page: Page) -> None:
    framed(page).get_by_role("heading", name="Choose a time").wait_for()
    assert heard(page, 1) == [["invitation:ready", {}]]


def test_l7_whoever_is_not_allowed_sees_nothing_also_around_somebody_who_is(
    bank: Website,
    stranger: Website,
    bank_key: InvitationKey,
    live_server: Any,
    chromium: Browser,
) -> None:
    allowed = embedded(bank, bank_key, live_server)
    tag = script(live_server, f'data-invitation-key="{bank_key.key}"')
    # A page of its own: here the console has to complain.
    with chromium.new_context() as context:
        context.add_init_script(LISTEN)
        alone, around = context.new_page(), context.new_page()
        alone.goto(stranger.write("/book", tag))
        around.goto(stranger.write("/", f'<iframe src="{allowed}"></iframe>'))
        inner = around.frame(url=allowed)
        assert inner
        for page in (alone, inner):
            page.wait_for_function("heard.length")
            assert page.evaluate("heard") == UNREACHABLE
            expect(page.get_by_role("link", name="Book")).to_be_visible()
            assert page.locator("iframe").count() == 0


@pytest.mark.parametrize("mode", ["inline", "popup"])
def test_l3_of_a_website_that_is_switched_off_the_link_leads_to_our_own_pages(
    bank: Website, bank_key: InvitationKey, live_server: Any, chromium: Browser, mode: str
) -> None:
    website = bank_key.invitation.website
    assert website
    website.is_active = False
    website.save()
    given = f'data-invitation-key="{bank_key.key}" data-mode="{mode}"'
    with chromium.new_context() as context:
        page = listening(context.new_page())
        page.goto(bank.write("/book", script(live_server, given)))
        if mode == "inline":
            assert heard(page, 1) == UNREACHABLE
        # In a pop-up, whoever pressed it is led on.
        page.get_by_role("link", name="Book").click()
        page.get_by_role("heading", name="Choose a time").wait_for()
        assert page.url.startswith(f"{live_server.url}/invite/{bank_key.key}/")


def test_where_nothing_answers_the_link_stays(
    bank: Website, bank_key: InvitationKey, live_server: Any, chromium: Browser
) -> None:
    held: list[Route] = []
    with chromium.new_context() as context:
        page = listening(context.new_page())
        page.clock.install()
        context.route("**/invite/**", lambda route: held.append(route))
        page.goto(embedded(bank, bank_key, live_server), wait_until="commit")
        page.locator("iframe").wait_for(state="attached")
        page.clock.fast_forward(11_000)
        assert heard(page, 1) == UNREACHABLE
        expect(page.get_by_role("link", name="Book")).to_be_visible()
        held[0].abort()


def test_messages_of_our_shape_from_others_are_not_heard(
    bank: Website,
    stranger: Website,
    bank_key: InvitationKey,
    live_server: Any,
    new_page: Callable[..., Page],
) -> None:
    forging = f"<script>for (const to of [parent, opener]) to?.postMessage({FORGED}, '*')</script>"
    beside = stranger.write("/beside", forging)
    page = listening(new_page())
    page.goto(embedded(bank, bank_key, live_server))
    ready(page)
    before = height(page)
    page.evaluate(f"postMessage({FORGED}, '*')")
    page.evaluate("postMessage({ invitation: 'size', height: 7 }, '*')")
    page.evaluate(
        "src => document.body.append(Object.assign(document.createElement('iframe'), { src }))",
        beside,
    )
    with page.expect_popup() as opened:
        page.evaluate("address => { open(address) }", beside)
    opened.value.wait_for_load_state()
    page.wait_for_timeout(300)
    assert len(page.evaluate("heard")) == 1
    box = page.locator("[data-invitation-key] iframe").bounding_box()
    assert box
    assert box["height"] == before


def test_a_frame_that_was_led_elsewhere_is_no_longer_heard(
    bank: Website,
    stranger: Website,
    bank_key: InvitationKey,
    live_server: Any,
    chromium: Browser,
) -> None:
    # A page of its own: the console says that our greeting does not reach the stranger.
    with chromium.new_context() as context:
        page = listening(context.new_page())
        page.goto(embedded(bank, bank_key, live_server))
        ready(page)
        before = height(page)
        forging = f"""<p>Elsewhere<script>
          window.got = []; addEventListener('message', ({{ data }}) => got.push(data));
          parent.postMessage({FORGED}, '*');
          parent.postMessage({{ invitation: 'size', height: 7 }}, '*');
        </script>"""
        elsewhere = stranger.write("/elsewhere", forging)
        page.evaluate("src => { document.querySelector('iframe').src = src }", elsewhere)
        framed(page).get_by_text("Elsewhere").wait_for()
        page.wait_for_timeout(300)
        assert len(page.evaluate("heard")) == 1
        assert height(page) == before
        assert page.frames[1].evaluate("got") == []


def test_a_greeting_from_beside_is_not_answered_and_takes_nothing_from_the_websites_own(
    bank: Website,
    stranger: Website,
    bank_key: InvitationKey,
    live_server: Any,
    new_page: Callable[..., Page],
) -> None:
    asking = """<script>
      window.got = []; addEventListener('message', ({ data }) => got.push(data));
      setInterval(() => {
        for (let i = 0; i < parent.length; i++)
          if (parent[i] !== window) parent[i].postMessage({ invitation: 'hello' }, '*');
      }, 1);
    </script>"""
    page = listening(new_page())
    beside = f'<iframe src="{stranger.write("/asking", asking)}"></iframe>'
    page.goto(embedded(bank, bank_key, live_server, beside))
    assert heard(page, 1) == [["invitation:ready", {}]]
    page.frame_locator("[data-invitation-key] iframe").get_by_role("link", name="Next week").click()
    page.wait_for_timeout(300)
    asker = page.frame(url=f"{stranger.origin}/asking")
    assert asker
    assert asker.evaluate("got") == []


NONSENSE = ["NaN", "-5", "0", "'tall'", "null", "undefined", "Infinity", "1e12"]


def test_no_height_that_a_page_might_say_breaks_the_website(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = listening(new_page())
    page.goto(embedded(bank, bank_key, live_server))
    ready(page)
    before, heights = height(page), []
    for said in NONSENSE:
        tell = f"parent.postMessage({{ invitation: 'size', height: {said} }}, '*')"
        page.frames[1].evaluate(tell)
        page.wait_for_timeout(50)
        heights.append(height(page))
    assert heights == [before] * 6 + [20_000] * 2


def test_a_flood_of_messages_does_no_harm(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = listening(new_page())
    page.goto(embedded(bank, bank_key, live_server))
    ready(page)
    shapes = "[null, 0, 'page', [], {}, { invitation: {} }, { invitation: 'hello' }]"
    page.evaluate(
        f"for (let i = 0; i < 3000; i++) for (const each of {shapes}) {{"
        "  postMessage(each, '*');"
        "  document.querySelector('iframe').contentWindow.postMessage(each, '*'); }"
    )
    framed(page).get_by_role("link", name="Next week").click()
    framed(page).get_by_role("heading", name="Choose a time").wait_for()
    assert page.evaluate("heard") == [["invitation:ready", {}]]
