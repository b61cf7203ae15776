"""The admin of invitations and of what they are made from."""

from invitations.admin import (
    appointments,
    clients,
    invitations,
    prospect_recipients,
    prospects,
    prospects_do_not_contact,
    resources,
    templates,
    websites,
)

__all__ = [
    "appointments",
    "clients",
    "invitations",
    "prospect_recipients",
    "prospects",
    "prospects_do_not_contact",
    "resources",
    "templates",
    "websites",
]
