"""The admin of who could work when, where and on what."""

from scheduling.admin import hours, places, resources, work

__all__ = ["hours", "places", "resources", "work"]
