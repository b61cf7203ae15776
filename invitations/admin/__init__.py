"""The admin of invitations and of what they are made from."""

from invitations.admin import invitations, templates, websites

__all__ = ["invitations", "templates", "websites"]
