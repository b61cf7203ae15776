"""One person's way through the flow: its steps as they stand, and what they come to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import Http404
from django.utils.datastructures import MultiValueDict

from invitations.flow import presets
from invitations.flow.drafts import Draft
from invitations.flow.limits import WhenStep
from invitations.flow.meeting import WhereStep, WhoStep
from invitations.flow.step import Step, Surroundings
from invitations.flow.steps import (
    FIELD_OF_CRITERION,
    FIELDS_OF_LOCK,
    STEP_OF_CRITERION,
    STEPS,
)
from invitations.generate import Criteria, ImpossibleCriteriaError, check, generate
from invitations.models import Invitation, InvitationKey, InvitationTemplate
from invitations.spans import SpanWidget
from scheduling.access import Act, Reach
from scheduling.models import SchedulingPolicy, ServiceResource, WorkTypeGroup


class UnfinishedError(Exception):
    """A step has to be looked at before an invitation can come of it."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class Said(NamedTuple):
    """A step in the overview: what it says in short, empty where it isn't valid yet."""

    name: str
    title: str
    words: str
    is_settled: bool


class Flow:
    """A draft, seen with the eyes of its user at this moment.

    ``now`` is aware. Whose time may be offered is asked of ``reach`` each time (the grant may
    have ended since).
    """

    def __init__(self, draft: Draft, reach: Reach, clients: Any, now: datetime) -> None:
        self.draft = draft
        self.reach = reach
        self.clients = clients
        self.now = now
        self._steps: dict[str, Step] = {}

    @cached_property
    def template(self) -> InvitationTemplate | None:
        """The one that the draft started from, if it is still on offer."""
        if not self.draft.template:
            return None
        offered = InvitationTemplate.objects.offered_to(self.reach.resources(Act.GENERATE))
        return offered.filter(slug=self.draft.template).first()

    @property
    def has_lost_template(self) -> bool:
        """Whether the draft started from a template that is not on offer, or no more."""
        return bool(self.draft.template) and self.template is None

    @cached_property
    def hosts(self) -> list[ServiceResource]:
        who = self.step("who")
        return who.cleaned_data["hosts"] if who.is_valid() else []

    def step(self, name: str) -> Step:
        """A step with what the draft and its presets say.

        Raises Http404 for a step that there isn't.
        """
        if name not in STEPS:
            raise Http404
        if name not in self._steps:
            self._steps[name] = self._made(STEPS[name])
        return self._steps[name]

    def _made(self, kind: type[Step]) -> Step:
        around = self._around(kind)
        known = self._presets(kind)
        if kind is WhoStep and not self._hosts_are_known(known):
            return kind(around, initial=known)
        values = {**as_sent(kind, known), **self._kept(kind)}
        return kind(around, MultiValueDict(values), initial=known)

    def overview(self) -> Iterator[Said]:
        for name, kind in STEPS.items():
            step = self.step(name)
            words = step.words() if step.is_valid() else ""
            yield Said(name, str(kind.title), words, step.is_settled)

    def neighbour(self, name: str, direction: int) -> str | None:
        """The step before or after another that has something to choose; None past the ends."""
        names = list(STEPS)
        place = names.index(name) if name in names else len(names)
        while 0 <= (place := place + direction) < len(names):
            if not self.step(names[place]).is_settled:
                return names[place]
        return None

    def criteria(self) -> Criteria:
        """Raises UnfinishedError with the first step that isn't valid."""
        steps = {name: self.step(name) for name in STEPS}
        data: dict[str, Any] = {}
        for name, step in steps.items():
            if not step.is_valid():
                raise UnfinishedError(name)
            data.update(step.cleaned_data)
        hosts, territory, work = data["hosts"], data["territory"], data["work"]
        zone = territory.time_zone if territory else hosts[0].time_zone
        is_topic = isinstance(work, WorkTypeGroup)
        return Criteria(
            hosts=tuple(hosts),
            optional=tuple(data.get("optional", ())),
            any_host=data.get("taking_part") == "any",
            topic=work if is_topic else None,
            work_type=None if is_topic else work,
            territory=territory,
            appointment_type=data["appointment_type"],
            website=data.get("website"),
            max_bookings=data["max_bookings"],
            max_per_guest=data["max_per_guest"],
            audience=data["audience"],
            respects_wishes=data["respects_wishes"],
            allows_extended_hours=data.get("allows_extended_hours", False),
            scheduling_policy=data.get("scheduling_policy"),
            client=data.get("client"),
            message=data["message"],
            template=self.template,
            **cast(WhenStep, steps["when"]).days(self.now.astimezone(zone).date()),
        )

    def today(self, criteria: Criteria) -> date:
        return self.now.astimezone(criteria.time_zone).date()

    def create(self, user: User) -> InvitationKey:
        """Raises UnfinishedError with the step to look at again."""
        criteria = self.criteria()
        try:
            return generate(
                criteria,
                created_by=user,
                on_behalf_of=self.reach.acting_for(criteria.hosts),
                today=self.today(criteria),
            )
        except ImpossibleCriteriaError as error:
            raise UnfinishedError(step_of(error.field)) from error

    def explain(self, step: Step) -> None:
        """Add to a step what is wrong with it that only the whole shows."""
        if isinstance(step, WhoStep) and (ended := self._ended()):
            step.refuse_ended(ended)
            return
        try:
            criteria = self.criteria()
            check(criteria, self.today(criteria))
        except UnfinishedError:
            return
        except ImpossibleCriteriaError as error:
            if step_of(error.field) == step.name:
                field = FIELD_OF_CRITERION.get(error.field, error.field)
                step.add_error(field if field in step.fields else None, error.message)

    def _around(self, kind: type[Step]) -> Surroundings:
        hosts: list[ServiceResource] = [] if kind is WhoStep else self.hosts
        return Surroundings(
            resources=self.reach.resources(Act.GENERATE),
            clients=self.clients,
            hosts=hosts,
            any_host=kind is not WhoStep and self._any_host,
            fixed=self._fixed(),
            policies=self._policies,
        )

    @cached_property
    def _any_host(self) -> bool:
        who = self.step("who")
        return who.is_valid() and who.cleaned_data.get("taking_part") == "any"

    @cached_property
    def _policies(self) -> QuerySet[SchedulingPolicy]:
        """All for whoever may choose among them, else what the draft started from."""
        policies = SchedulingPolicy.objects.all()
        if self.reach.may_choose_policies:
            return policies
        started_from = self._started_from.get("scheduling_policy")
        return policies.filter(pk=started_from) if started_from else policies.none()

    def _fixed(self) -> Collection[str]:
        locked = self.template.locked if self.template else []
        return {name for lock in locked for name in FIELDS_OF_LOCK.get(lock, (lock,))}

    def _presets(self, kind: type[Step]) -> presets.Presets:
        usual = self._only_host if kind is WhoStep else self._usual
        return {**usual, **self._started_from}

    @cached_property
    def _usual(self) -> presets.Presets:
        return presets.of_hosts(self.hosts, self._around(WhereStep).places_on_offer)

    @cached_property
    def _only_host(self) -> presets.Presets:
        possible = list(self.reach.resources(Act.GENERATE)[:2])
        return {"hosts": [possible[0].pk]} if len(possible) == 1 else {}

    @cached_property
    def _started_from(self) -> presets.Presets:
        if self.template:
            fixed = self._fixed()
            values = presets.of_template(self.template).items()
            # What it leaves open is what usually goes for the hosts, unless it fixes just that.
            return {name: value for name, value in values if value or name in fixed}
        if self.draft.like is None:
            return {}
        seen = Invitation.objects.of_resources(self.reach.resources(Act.SEE_INVITATIONS))
        like = seen.prefetch_related("hosts__service_resource").filter(pk=self.draft.like).first()
        return presets.of_invitation(like) if like else {}

    def _kept(self, kind: type[Step]) -> Mapping[str, list[str]]:
        names = kind.sent_names()
        return {name: self.draft.values[name] for name in names if name in self.draft.values}

    def _hosts_are_known(self, known: presets.Presets) -> bool:
        return "hosts" in self.draft.values or "hosts" in known

    def _ended(self) -> list[str]:
        """The names of hosts that were accepted before, and are out of reach now."""
        in_reach = self.reach.resources(Act.GENERATE).values("pk")
        gone = ServiceResource.objects.filter(pk__in=self.draft.accepted).exclude(pk__in=in_reach)
        return [resource.name for resource in gone]


def as_sent(kind: type[Step], values: presets.Presets) -> dict[str, list[str]]:
    """Values of fields as a browser would send them; those without one as their form begins."""
    sent: dict[str, list[str]] = {}
    for name, field in kind.base_fields.items():
        value = values.get(name, field.initial)
        if isinstance(field.widget, SpanWidget):
            parts = zip(field.widget.widgets_names, field.widget.decompress(value), strict=True)
            sent.update({name + ending: [_text(part)] for ending, part in parts})
        elif isinstance(field, ModelMultipleChoiceField):
            sent[name] = [_text(key) for key in value or ()]
        else:
            sent[name] = [_text(value)]
    return sent


def step_of(criterion: str) -> str:
    """The step that asks for a criterion."""
    named = STEP_OF_CRITERION.get(criterion)
    return named or next(name for name, kind in STEPS.items() if criterion in kind.base_fields)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
