"""What a customer's website says of its visitor fills in the form, and nothing else."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from django.utils import timezone

from appointments.models import Appointment
from invitations.models import Audience, CustomerWebsite, InvitationKey
from tests.factories import make_invitation
from tests.invitations.pages import hidden_fields, links, starts, text
from tests.invitations.sharing import Reader, make_personal, make_website

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

OURS = "http://testserver"
VISITOR = {
    "given_name": "Gerda",
    "family_name": "Gast",
    "email": "gerda@example.com",
    "phone_number": "+49 30 1234567",
}
FILLED_IN = ["Gerda", "Gast", "gerda@example.com", "+49 30 1234567"]
NOTHING = ["", "", "", ""]


@pytest.fixture
def website() -> CustomerWebsite:
    website = make_website(allowed_origins="https://www.bank.test")
    website.renew_secret()
    return website


@pytest.fixture
def key(website: CustomerWebsite) -> InvitationKey:
    return make_invitation(website=website)


def claims(**changed: Any) -> dict[str, Any]:
    """A visitor for the next ten minutes; None leaves a claim out."""
    exp = int(timezone.now().timestamp()) + 600
    said = {**VISITOR, "aud": OURS, "exp": exp, **changed}
    return {name: value for name, value in said.items() if value is not None}


def token(website: CustomerWebsite, **changed: Any) -> str:
    return jwt.encode(claims(**changed), website.prefill_secret, algorithm="HS256")


def details(client: Any, key: InvitationKey, prefill: str) -> Any:
    """The form of the first free time of a week."""
    url = f"/invite/{key.key}/"
    start = starts(client.get(f"{url}2026-W48/"))[0]
    return client.get(f"{url}book/", {"start": start, "prefill": prefill})


def shown(page: Any) -> list[str]:
    assert page.status_code == 200
    return in_form(page)


def in_form(page: Any) -> list[str]:
    """What stands in the fields for name, address and number."""
    fields = Reader(text(page)).fields
    return [fields[f"id_{name}"] for name in ("first_name", "last_name", "email", "phone")]


# What it is for


def test_a_token_of_the_website_travels_from_its_frame_to_the_form(client, website, key):
    signed = token(website)
    week = client.get(f"/invite/?invitationKey={key.key}&prefill={signed}", follow=True)
    for page in (week, client.get(f"/invite/{key.key}/2026-W48/?prefill={signed}")):
        slot = next(link for link in links(page) if "start=" in link)
        assert shown(client.get(slot)) == FILLED_IN


def test_a_token_survives_the_choice_of_a_time_zone(client, website, key):
    signed = token(website)
    zones = client.get(f"/invite/{key.key}/zone/?prefill={signed}")
    assert hidden_fields(zones) == {"prefill": signed}


def test_what_was_typed_stands_whatever_the_token_says(client, website, key):
    page = details(client, key, token(website))
    typed = {**hidden_fields(page), "first_name": "Hanna", "last_name": "", "email": "h@x.test"}
    again = client.post(f"/invite/{key.key}/book/?prefill={token(website)}", typed)
    assert again.status_code == 422
    assert in_form(again) == ["Hanna", "", "h@x.test", ""]


def test_only_what_is_sent_is_booked_and_it_proves_nothing(client, website, key):
    page = details(client, key, token(website))
    sent = {**hidden_fields(page), "first_name": "Hanna", "last_name": "Huber"}
    client.post(f"/invite/{key.key}/book/?prefill={token(website)}", {**sent, "email": "h@x.test"})
    appointment = Appointment.objects.get()
    assert (appointment.guest_name, appointment.email) == ("Hanna Huber", "h@x.test")
    assert appointment.client is None


def test_l8_on_a_personal_link_nothing_is_filled_in(client, website, key):
    assert shown(details(client, make_personal(key), token(website))) == NOTHING


def test_what_would_be_refused_if_typed_is_left_out(client, website, key):
    signed = token(website, given_name="x" * 500, email="no address", phone_number=49)
    assert shown(details(client, key, signed)) == ["", "Gast", "", ""]


def test_half_a_character_which_no_page_can_show_is_left_out(client, website, key):
    page = details(client, key, token(website, given_name="Gerda \ud83d"))
    assert shown(page) == ["", *FILLED_IN[1:]]


def test_names_are_text_and_stay_on_one_line(client, website, key):
    signed = token(website, given_name='"><script>x</script>', family_name="A\nB")
    page = details(client, key, signed)
    assert shown(page)[:2] == ['"><script>x</script>', "A B"]
    assert "<script>x" not in text(page)


# Where it does not go


def next_of(page: Any) -> str:
    """Where the way to sign in leads back to."""
    way = next(link for link in links(page) if "next=" in link)
    return parse_qs(urlsplit(way).query)["next"][0]


def test_the_way_to_sign_in_and_back_says_nothing_of_the_visitor(client, website, key):
    path, start = f"/invite/{key.key}/book/", "2026-11-23T09:00:00Z"
    query = {"tz": "Asia/Tokyo", "prefill": token(website), "start": start}
    page = client.get(path, query)
    assert next_of(page) == f"{path}?{urlencode({'tz': 'Asia/Tokyo', 'start': start})}"
    refused = client.post(f"{path}?{urlencode(query)}", hidden_fields(page))
    assert (refused.status_code, next_of(refused)) == (422, next_of(page))


def test_nor_does_the_page_for_clients_only(client, website, key):
    key.invitation.audience = Audience.CLIENTS
    key.invitation.save()
    path, query = f"/invite/{key.key}/book/", {"prefill": token(website), "tz": "Asia/Tokyo"}
    assert next_of(client.get(path, query)) == f"{path}?tz=Asia/Tokyo"
    sent = client.post(f"{path}?{urlencode(query)}", {"start": "2026-11-23T09:00:00Z"})
    assert next_of(sent) == f"{path}?tz=Asia/Tokyo&start=2026-11-23T09:00:00Z"


# What is ignored


def hs256_by(secret: str) -> Any:
    return lambda website: jwt.encode(claims(), secret, algorithm="HS256")


def unsigned(website: CustomerWebsite) -> str:
    return jwt.encode(claims(), "", algorithm="none")


def signature_cut_off(website: CustomerWebsite) -> str:
    return token(website).rpartition(".")[0] + "."


def another_algorithm(website: CustomerWebsite) -> str:
    return jwt.encode(claims(), website.prefill_secret, algorithm="HS512")


def claims_changed_afterwards(website: CustomerWebsite) -> str:
    header, _, signature = token(website).split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims(given_name="Eve")).encode()).decode()
    return f"{header}.{other.rstrip('=')}.{signature}"


def header_too_deep_to_read(website: CustomerWebsite) -> str:
    return base64.urlsafe_b64encode(b"[" * 1300).decode().rstrip("=") + ".e30.e30"


def said(**changed: Any) -> Any:
    return lambda website: token(website, **changed)


FORGED = {
    "no token": lambda website: "gerda",
    "three parts of nothing": lambda website: "..",
    "not ASCII": lambda website: "ä.ö.ü",
    "alg none": unsigned,
    "no signature": signature_cut_off,
    "HS512": another_algorithm,
    "other claims": claims_changed_afterwards,
    "deep header": header_too_deep_to_read,
    "the address as secret": hs256_by(OURS),
    "no end": said(exp=None),
    "an end in words": said(exp="tomorrow"),
    "an end without end": said(exp=float("inf")),
    "no audience": said(aud=None),
    "for another": said(aud="https://other.test"),
    "too long": said(address="x" * 2000),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_a_token_that_is_no_good_leaves_the_form_empty(client, website, key, forge):
    assert shown(details(client, key, forge(website))) == NOTHING


@pytest.mark.parametrize(
    ("ahead", "is_good"),
    [(-120, False), (-30, True), (3600, True), (3600 + 30, True), (3600 + 120, False)],
)
def test_a_token_is_good_for_an_hour_at_most_and_clocks_may_differ_by_a_minute(
    client, website, key, ahead, is_good
):
    signed = token(website, exp=int(timezone.now().timestamp()) + ahead)
    assert shown(details(client, key, signed)) == (FILLED_IN if is_good else NOTHING)


def test_a_token_of_another_website_of_the_same_origin_is_none(client, website, key):
    other = make_website(name="Branch", allowed_origins=website.allowed_origins)
    other.renew_secret()
    assert shown(details(client, key, token(other))) == NOTHING


def test_a_token_signed_with_nothing_is_none_where_no_secret_was_made(client, website, key):
    bare = make_website(name="Bare")
    key.invitation.website = bare
    key.invitation.save()
    with pytest.raises(jwt.InvalidKeyError):
        token(bare)
    assert shown(details(client, key, token(website))) == NOTHING


def test_a_website_that_is_switched_off_fills_in_nothing(client, website, key):
    signed = token(website)
    website.is_active = False
    website.save()
    assert shown(details(client, key, signed)) == NOTHING


def test_an_invitation_without_a_website_takes_no_token(client, website):
    assert shown(details(client, make_invitation(), token(website))) == NOTHING


def test_a_renewed_secret_ends_the_tokens_of_the_former_one(client, website, key):
    signed = token(website)
    website.renew_secret()
    assert shown(details(client, key, signed)) == NOTHING
    assert len(website.prefill_secret) == 43
