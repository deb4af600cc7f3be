import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models

import gridgov.kit.likeness


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_case_origin"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="evidence",
            index=django.contrib.postgres.indexes.GinIndex(
                gridgov.kit.likeness.Bands("similarity"),
                condition=models.Q(("stage", "after")),
                name="evidence_alike",
            ),
        ),
    ]
