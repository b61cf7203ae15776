"""What an assistant may do with shifts, absences and calendars, by each combination of a grant."""

from __future__ import annotations

from itertools import product

import pytest
from django.urls import reverse

from appointments.models import ForeignCalendar
from scheduling.models import Absence, AbsencePattern, ResourceSkill, Shift, ShiftPattern, Skill
from tests.factories import at, make_resource, make_territory
from tests.rows import make_row
from tests.staff import make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db]

RIGHTS = (
    "can_generate_invitations",
    "can_change_invitations",
    "can_see_appointments",
    "can_change_appointments",
)
EACH_GRANT = [dict(zip(RIGHTS, values, strict=True)) for values in product([0, 1], repeat=4)]
MODELS = [Shift, ShiftPattern, Absence, AbsencePattern, ForeignCalendar]


@pytest.fixture(autouse=True)
def friday(time_machine):
    time_machine.move_to(at("2026-11-20 12:00"), tick=False)


@pytest.fixture
def anna():
    return make_resource(make_territory(), name="Anna")


def page(model, view, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def now_of(model):
    return list(model.objects.order_by("pk").values())


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("grant", EACH_GRANT)
def test_whoever_only_looks_changes_nothing(anna, grant, model):
    row = make_row(model, anna)
    client = signed_in(make_assistant(anna, **grant))
    may = (
        model is ForeignCalendar
        and grant["can_see_appointments"]
        and (grant["can_change_appointments"])
    )
    assert client.get(page(model, "changelist")).status_code == 200
    assert client.get(page(model, "change", row.pk)).status_code == 200
    assert (client.get(page(model, "delete", row.pk)).status_code == 200) == bool(may)
    if may:
        return
    before = now_of(model)
    for view, args in (("change", [row.pk]), ("delete", [row.pk])):
        assert client.post(page(model, view, *args), {"post": "yes"}).status_code == 403
    for action in ("confirm", "publish", "delete_selected"):
        sent = {"action": action, "_selected_action": [row.pk], "post": "yes"}
        client.post(page(model, "changelist"), sent)
    if model is ForeignCalendar:
        read = reverse("admin:appointments_foreigncalendar_read", args=[row.pk])
        assert client.post(read).status_code == 403
    assert now_of(model) == before


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("dates", [("2026-11-01", "2026-11-19"), ("2026-11-21", None)])
def test_a_grant_that_is_over_or_to_come_shows_nothing(anna, model, dates):
    row = make_row(model, anna)
    client = signed_in(make_assistant(anna, valid_from=dates[0], valid_until=dates[1]))
    for address in (page(model, "changelist"), page(model, "change", row.pk)):
        assert client.get(address).status_code in (403, 404)
    for name in ("agenda", "explain"):
        address = reverse(f"admin:appointments_appointment_{name}")
        assert client.get(address, {"resource": anna.pk}).status_code == 403


def test_nobody_gives_themselves_a_skill(anna):
    skill = Skill.objects.create(name="Law")
    sent = {
        "name": anna.name,
        "email": anna.email,
        "time_zone": "Europe/Berlin",
        "skills-TOTAL_FORMS": 1,
        "skills-INITIAL_FORMS": 0,
        "skills-0-skill": skill.pk,
        "skills-0-level": 9,
    }
    for user in (own_user(anna), make_assistant(anna)):
        client = signed_in(user)
        address = reverse("admin:scheduling_serviceresource_change", args=[anna.pk])
        assert client.get(address).status_code == 200
        client.post(address, sent)
        assert client.get(reverse("admin:scheduling_skill_changelist")).status_code == 403
        policies = reverse("admin:scheduling_schedulingpolicy_changelist")
        assert client.get(policies).status_code == 403
    assert not ResourceSkill.objects.exists()
