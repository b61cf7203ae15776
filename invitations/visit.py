"""One guest's visit to an invitation: what every page of it needs to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from appointments import formats
from appointments.clocks import Clocks, TimeInWords
from appointments.models import Client
from appointments.signed_in import NOBODY, Visitor
from appointments.terms import Terms
from appointments.weeks import Week
from invitations.models import InvitationKey, Recipient
from invitations.week import Urls
from invitations.zones import read_zone
from scheduling.engine.groups import duration_at
from scheduling.engine.intervals import Minute
from scheduling.engine.rules import Question
from scheduling.models import ServiceResource

CARRIED = ("tz", "topic", "place", "lang", "prefill")
"""What a guest or a website chose so far; it travels in every link (no cookie, rule L6)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """An invitation's key, the terms it came to, and the clocks that its pages go by.

    ``guest_zone`` is the guest's as far as it is known, ``zone_asked`` what the link says of it.
    """

    key: InvitationKey
    terms: Terms
    clocks: Clocks
    guest_zone: ZoneInfo
    zone_asked: str
    carried: str
    visitor: Visitor

    @classmethod
    def of(
        cls, key: InvitationKey, terms: Terms, query: Mapping[str, str], visitor: Visitor = NOBODY
    ) -> Visit:
        place = terms.territory.time_zone
        asked = query.get("tz", "")
        guest = read_zone(asked) or place
        clocks = Clocks.of(terms.appointment_type, place, guest)
        return cls(key, terms, clocks, guest, asked, carried(query), visitor)

    @property
    def client(self) -> Client | None:
        """As which client it books, if as one."""
        return client_at(self.key, self.visitor)

    @property
    def person(self) -> Client | Recipient | None:
        """Whom it books for, as far as known."""
        return self.key.person or self.visitor.client

    @property
    def is_own(self) -> bool:
        """Whether that client is signed in, and may so be shown what is known of them."""
        return self.client is not None and self.client == self.visitor.client

    @property
    def zone_is_unknown(self) -> bool:
        """Whether the link names a zone that does not exist."""
        return bool(self.zone_asked) and self.zone_asked != self.guest_zone.key

    def time(self, minute: Minute, asked: Question) -> TimeInWords:
        """An opening of what is asked."""
        return self.clocks.in_words(minute, duration_at(asked, minute))

    @property
    def duration(self) -> str:
        return formats.duration(self.terms.work_type.duration)

    @property
    def hosts(self) -> Sequence[ServiceResource]:
        """Who takes part; where any one does, those who still work here, if anybody."""
        hosts = self.terms.hosts
        still_here = [host for host in hosts if host.is_active] if self.terms.any_host else []
        return still_here or hosts

    @property
    def host_names(self) -> str:
        """“Anna Berger and Tom Reed”; with “or” where one of them takes part."""
        names = [host.name for host in self.hosts]
        return formats.listed(names, any_of=self.terms.any_host)

    @property
    def query(self) -> str:
        """What was chosen, as the end of a link: “?tz=…”, empty where nothing was."""
        return f"?{self.carried}" if self.carried else ""

    @property
    def book_url(self) -> str:
        """The details page, with the query that carries what was chosen."""
        return reverse("book", args=[self.key.key]) + self.query

    @property
    def slot_url(self) -> str:
        """The details page of a slot, up to its start."""
        return f"{self.book_url}{'&' if self.carried else '?'}start="

    @property
    def urls(self) -> Urls:
        """Where the week page leads. It names a dozen weeks, so their address is looked up once."""
        page, query = reverse("invitation", args=[self.key.key]), self.query
        return Urls(
            week=lambda week: f"{page}{week}/{query}", slot=self.slot_url, zone=self.zone_url
        )

    def zone_url(self, week: Week) -> str:
        """The choice of a time zone, which leads back to a week."""
        return reverse("zone", args=[self.key.key, week]) + self.query

    def week_url(self, week: Week | None = None) -> str:
        name, args = ("invitation_week", [week]) if week else ("invitation", [])
        return reverse(name, args=[self.key.key, *args]) + self.query


def client_at(key: InvitationKey, visitor: Visitor) -> Client | None:
    """Whose appointment comes of a visit, as far as known: the link's client, else who signed in.

    A personal link books for its client or recipient, whoever is signed in (rule L8).
    """
    return visitor.client if key.person is None else key.client


def carried(query: Mapping[str, str]) -> str:
    """What a link has to carry on, as a query string without its question mark."""
    return urlencode({name: query[name] for name in CARRIED if query.get(name)})
