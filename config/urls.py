"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from config import health, site

handler400 = "config.errors.bad_request"
handler429 = "config.sign_in.views.too_many_requests"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/", include("config.sign_in.urls")),
    path("theme.css", site.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("appointments.urls")),
    path("", include("invitations.urls")),
]
