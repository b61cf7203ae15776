"""The site's addresses, and the bare page."""

from django.urls import include, path

from bench.bare import bare

urlpatterns = [path("bare/", bare), path("", include("config.urls"))]
