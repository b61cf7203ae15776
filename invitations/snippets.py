"""What staff paste elsewhere: into a signature, a mail, a web page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import formats
from appointments.links import absolute_url
from invitations.keys import invitation_url, own_url
from invitations.models import CustomerWebsite, Invitation, InvitationKey, Invited
from invitations.models.websites import origin_of
from invitations.next_times import FreeTime


@dataclass(frozen=True, slots=True)
class Snippet:
    """The same to be pasted twice: as HTML, and where only plain text will do."""

    html: str
    text: str


class SignatureForm(forms.Form):
    """The words on the button of a signature."""

    words = forms.CharField(
        label=gettext_lazy("Words on the button"),
        max_length=60,
        widget=forms.TextInput(attrs={"size": 40}),
    )

    @classmethod
    def of(cls, query: QueryDict) -> SignatureForm:
        """Filled in with what a link asks for, else with the usual words."""
        return cls({"words": query.get("words", _usual_words())})

    def text(self) -> str:
        """The words, the usual ones where those asked for will not do."""
        return str(self.cleaned_data["words"]) if self.is_valid() else _usual_words()


def _usual_words() -> str:
    return _("Book a time with me")


def signature(key: InvitationKey, words: str) -> Snippet:
    """The end of a mail, with a button of these words. The invitation comes ``for_staff()``."""
    invitation = key.invitation
    person = invitation.owner or invitation.hosts.all()[0].service_resource
    return _snippet("signature", person=person, url=invitation_url(key), words=words)


def times_to_offer(times: Sequence[FreeTime]) -> Snippet:
    """A few free times, each a link that books it."""
    return _snippet("times", times=times)


def frame(key: InvitationKey) -> str:
    """The booking pages in a frame of the customer’s page."""
    return _html("frame", url=own_url(key), words=booking_words(key.invitation))


def script(key: InvitationKey, mode: str = "") -> str:
    """The booking pages by our script, as tall as they are, or “popup” in a dialog over the page;
    without JavaScript a link to them."""
    embed = absolute_url(reverse("embed"))
    words = booking_words(key.invitation)
    return _html("script", embed=embed, key=key.key, mode=mode, url=own_url(key), words=words)


def plain_link(key: InvitationKey) -> str:
    """A link to the booking pages, for a page of the customer’s."""
    return _html("link", url=invitation_url(key), words=booking_words(key.invitation))


def booking_words(invitation: Invitation) -> str:
    """“Book a time with Anna Berger”."""
    return _("Book a time with %(name)s") % {"name": host_names(invitation)}


def host_names(invitation: Invitation) -> str:
    """“Anna Berger and Tom Reed”, who are needed. The invitation comes ``for_staff()``."""
    names = [host.name for host in Invited.of(invitation.hosts.all()).hosts]
    return formats.listed(names, any_of=invitation.any_host)


def refused_origin(website: CustomerWebsite) -> str:
    """The origin of the website’s page if it may not show a frame, else nothing."""
    return "" if website.may_frame_itself() else origin_of(website.page_url)


def _snippet(name: str, **context: Any) -> Snippet:
    text = render_to_string(f"snippets/{name}.txt", context)
    return Snippet(html=_html(name, **context), text=text.strip())


def _html(name: str, **context: Any) -> str:
    return render_to_string(f"snippets/{name}.html", context).strip()
