"""A snapshot says by a digest whether it is still the one that somebody decoded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0005_watched_models"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="digest",
            field=models.CharField(
                blank=True,
                default="",
                help_text="SHA-256 of the facts: the same facts, read once.",
                max_length=64,
            ),
            preserve_default=False,
        ),
    ]
