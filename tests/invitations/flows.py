"""Ways through the flow, in the words of a test."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from invitations.models import Invitation

START = reverse("admin:invitations_invitation_generate")


def begin(client: Client, /, **query: Any) -> str:
    """Open the flow; returns the URL of the first step."""
    response = client.get(f"{START}?{urlencode(query, doseq=True)}")
    assert response.status_code == 302, response.status_code
    return response.url


def step_url(url: str, name: str) -> str:
    """The URL of another step of the same draft."""
    return url.rstrip("/").rsplit("/", 1)[0] + f"/{name}/"


def send(client: Client, url: str, /, press: str = "next", **fields: Any) -> Any:
    """Send a step as a browser would: all its fields as shown, but for those given."""
    step = client.get(url, follow=True).context["step"]
    values: dict[str, Any] = {}
    for field in step:
        if field.field.disabled:
            continue
        value = field.value()
        if hasattr(field.field.widget, "widgets_names"):
            names = field.field.widget.widgets_names
            parts = value if isinstance(value, list) else field.field.widget.decompress(value)
            values.update(
                {field.html_name + end: part for end, part in zip(names, parts, strict=True)}
            )
        else:
            values[field.html_name] = value
    values = {name: value for name, value in {**values, **fields}.items() if value is not None}
    return client.post(url, {**values, press: "yes"})


def created(response: Any) -> Invitation:
    """The invitation to whose share page a response leads."""
    assert response.status_code == 302, response.context and response.context["step"].errors
    assert response.url.endswith("/link/"), response.url
    return Invitation.objects.get(pk=int(response.url.rstrip("/").rsplit("/", 2)[-2]))
