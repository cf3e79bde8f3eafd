"""The Django app that holds templates and static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the folder; the web has no tables of its own."""

    name = "leadline.web"
    label = "web"
    verbose_name = "Pages"
