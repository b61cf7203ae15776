"""The admin of invitations and of what they are made from."""

from invitations.admin import (
    appointments,
    clients,
    invitations,
    prospect_recipients,
    prospects,
    templates,
    websites,
)

__all__ = [
    "appointments",
    "clients",
    "invitations",
    "prospect_recipients",
    "prospects",
    "templates",
    "websites",
]
