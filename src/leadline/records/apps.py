"""The Django app of everything that Leadline remembers."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Registers the tables; there is nothing else to set up."""

    name = "leadline.records"
    label = "records"
    verbose_name = "Records"
