"""Addresses of invitations: the current prefix, and former ones that lead to it (rule L1)."""

from django.conf import settings
from django.urls import include, path, register_converter

from invitations import development
from invitations.converters import KeyConverter, WeekConverter
from invitations.views import booking, embed, manage, mine, opened, public, unsubscribing

register_converter(KeyConverter, "key")
register_converter(WeekConverter, "week")

current, *former = settings.INVITATION_URL_PREFIXES

guest_pages = [
    path("", public.enter, name="enter"),
    path("<key:key>/", public.week, name="invitation"),
    path("<key:key>/<week:week>/", public.week, name="invitation_week"),
    path("<key:key>/zone/", public.zone, name="zone"),
    path("<key:key>/<week:week>/zone/", public.zone, name="zone"),
    path("<key:key>/book/", booking.book, name="book"),
    path("<key:key>/opened/", opened.opened, name="opened"),
]

manage_pages = [
    path("", manage.week, name="move"),
    path("to/", manage.confirm, name="move_to"),
    path("<week:week>/", manage.week, name="move_week"),
    path("<week:week>/zone/", manage.zone, name="move_zone"),
]

urlpatterns = [
    path("my/", mine.my_appointments, name="my_appointments"),
    path("unsubscribe/<key:key>/", unsubscribing.out, name="unsubscribe"),
    path("embed/v1.js", embed.script, name="embed"),
    path("embed.js", embed.script),  # what websites pasted before scripts had versions
    path("customer-website/", development.customer_website, name="customer_website"),
    path("appointment/<key:key>/move/", include(manage_pages)),
    path(f"{current}/", include(guest_pages)),
    *(path(f"{prefix}/<path:rest>", public.moved) for prefix in former),
]
