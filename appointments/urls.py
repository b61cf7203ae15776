"""Addresses of appointments, by their own key."""

from django.urls import path, re_path

from appointments import development, views

KEY = r"(?P<key>[A-Za-z0-9_-]{16,64})"

urlpatterns = [
    re_path(rf"^appointment/{KEY}/$", views.appointment, name="appointment"),
    re_path(rf"^appointment/{KEY}/details/$", views.correct, name="appointment_details"),
    re_path(rf"^appointment/{KEY}/cancel/$", views.cancel, name="appointment_cancel"),
    re_path(rf"^appointment/{KEY}/confirm/$", views.confirm, name="appointment_confirm"),
    re_path(
        rf"^appointment/{KEY}/confirm/again/$", views.confirm_again, name="appointment_ask_again"
    ),
    re_path(rf"^appointment/{KEY}/appointment\.ics$", views.calendar_file, name="calendar_file"),
    re_path(rf"^feed/{KEY}\.ics$", views.calendar_feed, name="calendar_feed"),
    re_path(r"^portraits/(?P<name>[\w-][\w.-]{0,99})$", views.portrait, name="portrait"),
    path("outbox/", development.outbox, name="development_outbox"),
    path("outbox/<str:name>/<int:part>/", development.mail, name="development_mail"),
]
