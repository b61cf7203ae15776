"""The admin of invitations and of what they are made from."""

from invitations.admin import invitations

__all__ = ["invitations"]
