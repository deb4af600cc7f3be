from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_deadline_set_at")]

    operations = [
        migrations.AddIndex(
            "assignment",
            models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["calendar_version"],
                name="assignment_counted",
            ),
        ),
        migrations.AddIndex(
            "deadline",
            models.Index(
                condition=models.Q(("state", "pending")), fields=["calendar_version"], name="deadline_counted"
            ),
        ),
    ]
