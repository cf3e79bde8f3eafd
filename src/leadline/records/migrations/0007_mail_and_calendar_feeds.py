"""Mail that somebody asked for, and the secret address of their dates."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_snapshot_digest"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.EmailField(max_length=254, unique=True)),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="MailWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.EmailField(max_length=254, unique=True)),
                (
                    "every",
                    models.CharField(choices=[("day", "day"), ("week", "week")], max_length=10),
                ),
                ("at", models.DateTimeField()),
                ("sent_on", models.DateField(help_text="The day of the last mail.", null=True)),
                (
                    "trying_since",
                    models.DateTimeField(help_text="Somebody is sending it now.", null=True),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
    ]
