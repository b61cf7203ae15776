"""The admin of invitations and of what they are made from."""

from invitations.admin import clients, invitations, templates, websites

__all__ = ["clients", "invitations", "templates", "websites"]
