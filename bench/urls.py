"""The site's addresses, and the bare pages."""

from django.urls import include, path

from bench.bare import bare, bare_admin, bare_with_same_rows

urlpatterns = [
    path("bare/", bare),
    path("bare/same-rows/", bare_with_same_rows),
    path("bare/admin/", bare_admin.urls),
    path("", include("config.urls")),
]
