"""One log-in for clients and staff, by django-allauth."""
