"""What is open is found at once: every page counts what waits for its reader."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_mail_and_calendar_feeds"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="agreedaction",
            index=models.Index(
                condition=models.Q(("done_at", None)),
                fields=["owner"],
                name="open_action_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("follow_up_on__isnull", False), ("followed_up_at", None)),
                fields=["author"],
                name="feedback_to_come_back_to",
            ),
        ),
    ]
