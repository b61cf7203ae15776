"""An invitation with hosts who are invited beside (rule A6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from appointments import changes
from appointments.booking import Guest, SentForm
from appointments.models import Appointment
from invitations import booking
from invitations.choices import all_terms_of, terms_of
from invitations.generate import Criteria, ImpossibleCriteriaError, generate
from invitations.keys import find_key
from invitations.models import Invitation, InvitationHost
from invitations.moving import terms_to_move
from scheduling.models import Absence
from tests.factories import BERLIN, at, make_resource, make_territory, make_topic, make_work_type
from tests.invitations.pages import text
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=1)
WHO = "/admin/invitations/invitation/generate/"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    office = make_territory(name="Berlin Mitte")
    make_topic(make_work_type(office), name="Annual review")
    return office


@pytest.fixture
def anna(office):
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def tom():
    """Works nowhere near, and is away."""
    tom = make_resource(name="Tom Reed")
    Absence.objects.create(service_resource=tom, start=NOW, end=NOW + dt.timedelta(days=30))
    return tom


@pytest.fixture
def criteria(office, anna, tom):
    topic = office.territory_work_types.get().work_type.groups.get()
    return Criteria(hosts=(anna,), optional=(tom,), topic=topic, territory=office)


def make(criteria):
    key = find_key(generate(criteria, today=NOW.date()).key, NOW)
    assert key is not None
    return key


def book(key, start=START):
    guest = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)
    terms = terms_of(key.invitation, {})
    made = booking.book(key, terms, start, guest, SentForm(f"form {start}", NOW), NOW)
    return Appointment.objects.with_page().get(pk=made.pk)


def test_they_stand_last_with_their_role(criteria, anna, tom):
    make(criteria)
    rows = InvitationHost.objects.values_list("service_resource", "role", "position")
    assert list(rows) == [(anna.pk, "primary", 0), (tom.pk, "optional", 1)]


def test_they_are_never_asked_whether_they_are_free(criteria, anna):
    key = make(criteria)
    assert terms_of(key.invitation, {}).hosts == (anna,)
    [[terms]] = all_terms_of(Invitation.objects.for_staff(NOW))
    assert terms.hosts == (anna,)


def test_they_have_a_part_in_what_is_booked_and_in_what_is_moved(criteria, anna, tom):
    appointment = book(make(criteria))
    assert (appointment.hosts, appointment.optional_hosts) == ([anna], [tom])
    terms = terms_to_move(appointment)
    later = START + dt.timedelta(hours=1)
    assert changes.move(appointment.pk, terms, later, issued_at=NOW, now=NOW)
    appointment = Appointment.objects.with_page().get(pk=appointment.pk)
    assert (appointment.hosts, appointment.optional_hosts) == ([anna], [tom])


def test_who_is_no_longer_active_is_not_invited(criteria, tom):
    key = make(criteria)
    tom.is_active = False
    tom.save()
    assert book(key).optional_hosts == []


def test_any_of_several_may_have_them_too(criteria, office, tom):
    other = make_resource(office)
    key = make(replace(criteria, hosts=(*criteria.hosts, other), any_host=True))
    appointment = book(key)
    assert (len(appointment.hosts), appointment.optional_hosts) == (1, [tom])


def test_guests_are_told_of_those_who_are_needed(criteria, client):
    key = make(criteria)
    page = text(client.get(f"/invite/{key.key}/"))
    assert "Anna Berger" in page
    assert "Tom Reed" not in page
    appointment = book(key)
    assert "Tom Reed" not in text(client.get(appointment.get_absolute_url()))


def test_nobody_is_host_and_optional_at_once(criteria, anna, tom):
    with pytest.raises(ImpossibleCriteriaError) as refused:
        make(replace(criteria, optional=(anna,)))
    assert refused.value.field == "optional"
    tom.is_active = False
    with pytest.raises(ImpossibleCriteriaError) as refused:
        make(replace(criteria, optional=(tom,)))
    assert "not active" in refused.value.message


def test_five_may_be_needed_and_more_only_beside(criteria, office):
    others = tuple(make_resource(office) for _ in range(5))
    with pytest.raises(ImpossibleCriteriaError) as refused:
        make(replace(criteria, hosts=criteria.hosts + others))
    assert refused.value.field == "hosts"
    beside = replace(criteria, hosts=others, optional=criteria.hosts + criteria.optional)
    assert len(book(make(beside)).hosts) == 5


def test_the_flow_asks_who_may_join_and_staff_are_told(criteria, anna, tom):
    client = signed_in(make_administrator())
    step = client.get(WHO, follow=True).redirect_chain[-1][0]
    assert "Who may join" in text(client.get(step))
    again = client.post(step, {"hosts": [anna.pk], "taking_part": "all", "optional": [anna.pk]})
    assert "optional" in again.context["step"].errors
    sent = {"hosts": [anna.pk], "taking_part": "all", "optional": [tom.pk], "create": ""}
    shared = client.post(step, sent, follow=True)
    invitation = Invitation.objects.get()
    assert invitation.hosts.get(role="optional").service_resource == tom
    assert "Tom Reed" in text(shared)
    like = client.get(f"{WHO}?like={invitation.pk}", follow=True).redirect_chain[-1][0]
    page = text(client.get(like.replace(like.rstrip("/").split("/")[-1], "who")))
    assert "Anna Berger; Tom Reed may join" in page
