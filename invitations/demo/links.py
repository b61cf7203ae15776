"""Templates and invitations."""

from __future__ import annotations

import datetime as dt

from appointments.models import AppointmentType, Client
from invitations.development import customer_page_url, other_site
from invitations.generate import Criteria, generate
from invitations.models import CustomerWebsite, InvitationTemplate, ResourceDefaults
from scheduling.models import ServiceResource, Territory, WorkTypeGroup


def make_presets(resource: ServiceResource, topics: dict[str, WorkTypeGroup]) -> None:
    """The office's template, and one of a resource's own for a single click."""
    InvitationTemplate.objects.create(
        name="Portfolio review this quarter",
        slug="portfolio-review",
        topic=topics["Portfolio review"],
        until_after="P3M",
        max_per_guest=1,
        message="It is time for our regular review. Please choose a time that suits you.",
        questions="Which of your accounts should we talk about?",
        has_review=True,
        confirmation="Please bring your latest statement.",
        locked=["work"],
    )
    own = InvitationTemplate.objects.create(
        name="First meeting",
        slug="anna-first-meeting",
        owner=resource,
        topic=topics["First meeting"],
        until_after="P6W",
        skips_preview=True,
    )
    ResourceDefaults.objects.create(service_resource=resource, template=own)


def make_invitations(
    team: dict[str, ServiceResource],
    topics: dict[str, WorkTypeGroup],
    office: Territory,
    client: Client,
    today: dt.date,
) -> None:
    anna, luca = team["anna"], team["luca"]
    portfolio = Criteria(
        hosts=(anna,),
        topic=topics["Portfolio review"],
        territory=office,
        message="Dear client, please choose a time that suits you. I look forward to our talk.",
    )
    tax = Criteria(
        hosts=(luca, anna),
        topic=topics["Tax question"],
        territory=office,
        appointment_type=AppointmentType.VIDEO,
        any_host=True,
    )
    website = CustomerWebsite.objects.create(
        name="Example Family Office", page_url=customer_page_url(), allowed_origins=other_site()
    )
    website.renew_secret()
    first = Criteria(
        hosts=(anna,), topic=topics["First meeting"], territory=office, website=website
    )
    review = Criteria(
        hosts=(anna,),
        topic=topics["Portfolio review"],
        territory=office,
        client=client,
        message="It has been a while. When may we talk?",
    )
    generate(portfolio, created_by=anna.user, today=today)
    generate(tax, created_by=luca.user, today=today)
    generate(first, created_by=anna.user, today=today)
    generate(review, created_by=anna.user, today=today)
