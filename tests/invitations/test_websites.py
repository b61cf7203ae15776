"""Customer websites: their admin, and the URLs of invitations that open on them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from invitations.keys import invitation_url, own_url, slot_url
from invitations.models import CustomerWebsite
from tests.factories import make_invitation, make_resource
from tests.invitations.pages import links, text
from tests.invitations.sharing import make_website
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = pytest.mark.django_db

LIST = "admin:invitations_customerwebsite_changelist"
ADD = "admin:invitations_customerwebsite_add"
CHANGE = "admin:invitations_customerwebsite_change"
SECRET = "admin:invitations_customerwebsite_secret"
BANK = {
    "name": "Bank",
    "page_url": "https://www.bank.test/book",
    "allowed_origins": "https://www.bank.test\r\nhttp://localhost:8080",
    "is_active": "on",
}


def errors(client: Client, **values: str) -> dict[str, list[str]]:
    response = client.post(reverse(ADD), {**BANK, **values})
    assert response.status_code == 200
    return response.context["adminform"].form.errors


# The admin


def test_an_administrator_adds_a_website_and_sees_it_in_the_list():
    client = signed_in(make_administrator())
    assert "empty-hint" in client.get(reverse(LIST)).content.decode()
    assert client.post(reverse(ADD), BANK).status_code == 302
    website = CustomerWebsite.objects.get()
    assert website.allowed_origins.split() == ["https://www.bank.test", "http://localhost:8080"]
    listed = client.get(reverse(LIST)).content.decode()
    assert "https://www.bank.test, http://localhost:8080" in listed
    assert ">Active</span>" in listed


@pytest.mark.parametrize(
    ("origin", "is_one"),
    [
        ("https://www.bank.test", True),
        ("https://www.bank.test/?", True),
        ("https://www.bank.test:99999", False),
        ("https://[::1", False),
        ("https://www.bank.test/book", False),
        ("www.bank.test", False),
        ("https://user@bank.test", False),
        ("javascript:alert(1)", False),
        ("*", False),
        ("https://a.test; script-src *", False),
    ],
)
def test_an_origin_is_a_scheme_and_a_host_and_the_error_says_which_is_none(origin, is_one):
    client = signed_in(make_administrator())
    values = {"allowed_origins": f"https://one.test\r\n{origin}"}
    if is_one:
        assert client.post(reverse(ADD), {**BANK, **values}).status_code == 302
        return
    found = errors(client, **values)
    assert list(found) == ["allowed_origins"]
    wrong = next(part for part in origin.split() if part != "https://one.test")
    assert f"“{wrong}” is no origin" in found["allowed_origins"][0]


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.bank.test/", "https://www.bank.test"),
        ("HTTPS://WWW.Bank.test", "https://www.bank.test"),
        ("https://www.bank.test:443", "https://www.bank.test"),
        ("http://localhost:80/", "http://localhost"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://a.test https://A.test/\r\nhttps://b.test", "https://a.test\nhttps://b.test"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(typed, origin):
    client = signed_in(make_administrator())
    assert client.post(reverse(ADD), {**BANK, "allowed_origins": typed}).status_code == 302
    assert CustomerWebsite.objects.get().allowed_origins == origin


def test_a_website_whose_page_may_show_no_frame_says_so_when_it_is_saved():
    client = signed_in(make_administrator())
    page = client.post(reverse(ADD), {**BANK, "allowed_origins": ""}, follow=True)
    assert "https://www.bank.test is no allowed origin" in text(page)
    change = reverse(CHANGE, args=[CustomerWebsite.objects.get().pk])
    assert "no allowed origin" not in text(client.post(change, BANK, follow=True))


def test_a_page_is_an_address_of_the_web():
    client = signed_in(make_administrator())
    assert list(errors(client, page_url="javascript:alert(1)")) == ["page_url"]


def test_a_name_is_given_once():
    make_website()
    assert list(errors(signed_in(make_administrator()))) == ["name"]


def test_a_website_with_invitations_stays():
    website = make_website()
    make_invitation(website=website)
    address = reverse("admin:invitations_customerwebsite_delete", args=[website.pk])
    signed_in(make_administrator()).post(address, {"post": "yes"})
    assert CustomerWebsite.objects.exists()


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_resources_and_assistants_change_no_website(make):
    website = make_website()
    client = signed_in(make(make_resource()))
    change = reverse("admin:invitations_customerwebsite_change", args=[website.pk])
    for address in (reverse(ADD), change):
        assert client.post(address, {**BANK, "name": "Mine"}).status_code == 403
    assert CustomerWebsite.objects.get().name == "Bank"


def test_without_a_permission_websites_are_nobodys_to_see():
    website = make_website()
    client = signed_in(make_user())
    change = reverse("admin:invitations_customerwebsite_change", args=[website.pk])
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(change).status_code == 404
    assert "customerwebsite" not in client.get(reverse("admin:index")).content.decode()


def test_the_permission_to_see_websites_is_not_one_to_change_them():
    make_website()
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_customerwebsite"))
    client = signed_in(user)
    assert "www.bank.test" in client.get(reverse(LIST)).content.decode()
    assert client.get(reverse(ADD)).status_code == 403


# Trying it, and the secret for prefilling


def test_the_page_of_a_website_leads_to_its_latest_open_invitation():
    website = make_website()
    client = signed_in(make_administrator())
    change = reverse(CHANGE, args=[website.pk])
    assert "Try the latest invitation" not in text(client.get(change))
    key = make_invitation(website=website)
    make_invitation(website=website, is_active=False)
    make_invitation()
    assert f"https://www.bank.test/book?invitationKey={key.key}" in links(client.get(change))


def test_a_secret_is_made_and_renewed_by_those_who_may_change_the_website():
    website = make_website()
    client = signed_in(make_administrator())
    change, secret = reverse(CHANGE, args=[website.pk]), reverse(SECRET, args=[website.pk])
    assert "Make a secret" in text(client.get(change))
    seen = set()
    for _ in range(2):
        page = client.post(secret, follow=True)
        website.refresh_from_db()
        assert f"<code>{website.prefill_secret}</code>" in text(page)
        seen.add(website.prefill_secret)
    assert len(seen) == 2
    history = client.get(reverse("admin:invitations_customerwebsite_history", args=[website.pk]))
    assert text(history).count("Changed secret for prefilling") == 2


def test_a_secret_is_renewed_by_no_link_and_no_save():
    website = make_website()
    website.renew_secret()
    before = website.prefill_secret
    client = signed_in(make_administrator())
    assert client.get(reverse(SECRET, args=[website.pk])).status_code == 405
    change = {**BANK, "prefill_secret": "mine", "secret": "mine"}
    assert client.post(reverse(CHANGE, args=[website.pk]), change).status_code == 302
    website.refresh_from_db()
    assert website.prefill_secret == before


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_resources_and_assistants_see_the_website_without_its_secret(make):
    website = make_website()
    website.renew_secret()
    client = signed_in(make(make_resource()))
    page = client.get(reverse(CHANGE, args=[website.pk]))
    assert page.status_code == 200
    assert website.prefill_secret not in text(page)
    assert client.post(reverse(SECRET, args=[website.pk])).status_code == 403


# URLs


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("https://bank.test/book", "https://bank.test/book?invitationKey=KEY"),
        (
            "https://bank.test/?lang=de&plain=#times",
            "https://bank.test/?lang=de&plain=&invitationKey=KEY#times",
        ),
        (
            "https://bank.test/book?invitationKey=old",
            "https://bank.test/book?invitationKey=KEY",
        ),
    ],
)
def test_l1_a_link_opens_on_the_websites_page_and_keeps_what_its_address_says(page, url):
    key = make_invitation(website=make_website(page_url=page))
    assert invitation_url(key) == url.replace("KEY", key.key)


def test_l1_the_link_of_a_time_names_key_and_start():
    start = "2026-11-23T09:00:00Z"
    key = make_invitation(website=make_website())
    query = f"invitationKey={key.key}&start={start}"
    assert slot_url(key, start) == f"https://www.bank.test/book?{query}"
    own = make_invitation()
    assert slot_url(own, start) == f"http://testserver/invite/{own.key}/book/?start={start}"


def test_l3_links_of_a_website_that_is_switched_off_lead_to_our_own_pages():
    key = make_invitation(website=make_website(is_active=False))
    assert invitation_url(key) == own_url(key)
    assert slot_url(key, "2026-11-23T09:00:00Z").startswith(own_url(key))
