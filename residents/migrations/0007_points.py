"""Volunteers, their teams and activities, and the community points, whose ledger only grows."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import simple_history.models
from django.conf import settings
from django.db import migrations, models

TABLES = ("residents_pointentry", "residents_pointrule", "residents_pointitem")
ARM = """
CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION residents_refuse_change();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION residents_refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_changed;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_emptied;
"""
DISARM = """
DROP TRIGGER {table}_is_never_emptied ON {table};
DROP TRIGGER {table}_is_never_changed ON {table};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("grids", "0006_rights_of_the_registers"),
        ("residents", "0006_inspections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="registerevent",
            name="change",
            field=models.CharField(
                choices=[
                    ("register", "registered"),
                    ("correct", "corrected"),
                    ("move_in", "moved in"),
                    ("move", "moved within the district"),
                    ("move_out", "moved away"),
                    ("die", "died"),
                    ("head", "became head of the household"),
                    ("merge", "merged"),
                    ("unmerge", "merge undone"),
                    ("split", "left into a household of her own"),
                    ("join", "household joined"),
                    ("enlist", "became a volunteer"),
                    ("retire", "volunteers no more"),
                ],
                max_length=10,
                verbose_name="what happened",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalVolunteer",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("since", models.DateField(verbose_name="from the day on")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("medicine", "medical care"),
                                ("law", "law"),
                                ("teaching", "teaching"),
                                ("repair", "repairs"),
                                ("mediation", "mediation of disputes"),
                                ("arts", "arts and sports"),
                                ("signing", "sign language"),
                                ("rescue", "rescue and fire fighting"),
                                ("other", "other"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="skills",
                    ),
                ),
                ("is_building_head", models.BooleanField(default=False, verbose_name="building head")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.post",
                        verbose_name="post as building head",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="residents.resident",
                        verbose_name="resident",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical volunteer",
                "verbose_name_plural": "historical volunteers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PointRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(editable=False)),
                ("since", models.DateTimeField(verbose_name="holds from")),
                ("set_at", models.DateTimeField(editable=False)),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "hour_points",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MaxValueValidator(10000)],
                        verbose_name="points for an hour",
                    ),
                ),
                (
                    "kind_points",
                    models.JSONField(default=dict, verbose_name="points for an hour of some kinds"),
                ),
                (
                    "report_points",
                    models.PositiveIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(10000)],
                        verbose_name="points for a reported problem that was verified",
                    ),
                ),
                (
                    "keep_years",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="points lapse at the end of so many years after they were earned",
                    ),
                ),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.post",
                        verbose_name="set by",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule of community points",
                "verbose_name_plural": "rules of community points",
                "ordering": ["grid", "-since"],
            },
        ),
        migrations.CreateModel(
            name="PointItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="item")),
                (
                    "price",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MaxValueValidator(10000)], verbose_name="price"
                    ),
                ),
                (
                    "stock",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MaxValueValidator(10000)], verbose_name="stock"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="residents.pointrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "item for points",
                "verbose_name_plural": "items for points",
                "ordering": ["price", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PointEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.PositiveIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("earn", "earned"),
                            ("redeem", "redeemed"),
                            ("correct", "taken back"),
                            ("expire", "lapsed"),
                        ],
                        max_length=8,
                        verbose_name="what came or went",
                    ),
                ),
                ("amount", models.IntegerField(verbose_name="points")),
                ("balance_after", models.IntegerField(verbose_name="balance")),
                ("pieces", models.SmallIntegerField(default=0, verbose_name="pieces")),
                ("source", models.CharField(blank=True, max_length=60, verbose_name="source")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("key", models.UUIDField(unique=True)),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.post",
                        verbose_name="entered by",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to="residents.resident",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="residents.pointitem",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="residents.pointrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of points",
                "verbose_name_plural": "entries of points",
                "ordering": ["resident", "seq"],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="purpose")),
                ("is_active", models.BooleanField(default=True, verbose_name="at work")),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
            },
        ),
        migrations.CreateModel(
            name="HistoricalActivity",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("title", models.CharField(max_length=60, verbose_name="title")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("patrol", "joint patrol"),
                            ("cleaning", "tidying up"),
                            ("elders", "help for the old"),
                            ("publicity", "publicity"),
                            ("mediation", "mediation"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("begins_at", models.DateTimeField(verbose_name="begins")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                ("place", models.CharField(max_length=80, verbose_name="place")),
                (
                    "wanted",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(500),
                        ],
                        verbose_name="people wanted",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=300, verbose_name="what is done")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "planned"), ("held", "held"), ("cancelled", "called off")],
                        default="planned",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("key", models.UUIDField(db_index=True, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="residents.team",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical activity",
                "verbose_name_plural": "historical activities",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=60, verbose_name="title")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("patrol", "joint patrol"),
                            ("cleaning", "tidying up"),
                            ("elders", "help for the old"),
                            ("publicity", "publicity"),
                            ("mediation", "mediation"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("begins_at", models.DateTimeField(verbose_name="begins")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                ("place", models.CharField(max_length=80, verbose_name="place")),
                (
                    "wanted",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(500),
                        ],
                        verbose_name="people wanted",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=300, verbose_name="what is done")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "planned"), ("held", "held"), ("cancelled", "called off")],
                        default="planned",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="residents.team",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "activity",
                "verbose_name_plural": "activities",
            },
        ),
        migrations.CreateModel(
            name="Volunteer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField(verbose_name="from the day on")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("medicine", "medical care"),
                                ("law", "law"),
                                ("teaching", "teaching"),
                                ("repair", "repairs"),
                                ("mediation", "mediation of disputes"),
                                ("arts", "arts and sports"),
                                ("signing", "sign language"),
                                ("rescue", "rescue and fire fighting"),
                                ("other", "other"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="skills",
                    ),
                ),
                ("is_building_head", models.BooleanField(default=False, verbose_name="building head")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.post",
                        verbose_name="post as building head",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="volunteering",
                        to="residents.resident",
                        verbose_name="resident",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
            ],
            options={
                "verbose_name": "volunteer",
                "verbose_name_plural": "volunteers",
            },
        ),
        migrations.AddField(
            model_name="team",
            name="leader",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leads",
                to="residents.volunteer",
                verbose_name="team leader",
            ),
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signed_up_at", models.DateTimeField(verbose_name="signed up at")),
                (
                    "hours",
                    models.DecimalField(decimal_places=1, max_digits=4, null=True, verbose_name="hours"),
                ),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed at")),
                ("key", models.UUIDField(unique=True)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to="residents.activity",
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.post",
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "signed_up_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.post",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to="residents.volunteer",
                    ),
                ),
            ],
            options={
                "verbose_name": "participation",
                "verbose_name_plural": "participations",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField(verbose_name="from the day on")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="residents.team",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="residents.volunteer",
                    ),
                ),
            ],
            options={
                "verbose_name": "member of a team",
                "verbose_name_plural": "members of teams",
            },
        ),
        migrations.CreateModel(
            name="HistoricalTeam",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="purpose")),
                ("is_active", models.BooleanField(default=True, verbose_name="at work")),
                ("key", models.UUIDField(db_index=True, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="residents.volunteer",
                        verbose_name="team leader",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical team",
                "verbose_name_plural": "historical teams",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalParticipation",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("signed_up_at", models.DateTimeField(verbose_name="signed up at")),
                (
                    "hours",
                    models.DecimalField(decimal_places=1, max_digits=4, null=True, verbose_name="hours"),
                ),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed at")),
                ("key", models.UUIDField(db_index=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="residents.activity",
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.post",
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_up_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.post",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="residents.volunteer",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical participation",
                "verbose_name_plural": "historical participations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PointCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(
                        decimal_places=1, max_digits=4, null=True, verbose_name="right hours"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for a second person"),
                            ("made", "made"),
                            ("refused", "refused"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked for at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("key", models.UUIDField(unique=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.post",
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Building grid",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Community",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.post",
                        verbose_name="decided by the second person",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="District",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="Street",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="residents.pointentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction of points",
                "verbose_name_plural": "corrections of points",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["entry"], name="correction_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "grid",
                                django.db.models.functions.comparison.Coalesce(
                                    "building", "community", "street", "district"
                                ),
                            )
                        ),
                        name="pointcorrection_path_ends_at_its_grid",
                        violation_error_message="The stored path does not end at the grid.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "refused"), _negated=True),
                        fields=("entry",),
                        name="pointcorrection_once_per_entry",
                        violation_error_message="A correction of this entry was asked for already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state", "waiting"),
                            ),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="pointcorrection_is_decided_by_another_post",
                        violation_error_message="A second person decides.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="pointrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "grid",
                        django.db.models.functions.comparison.Coalesce(
                            "building", "community", "street", "district"
                        ),
                    )
                ),
                name="pointrule_path_ends_at_its_grid",
                violation_error_message="The stored path does not end at the grid.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointrule",
            constraint=models.UniqueConstraint(
                fields=("grid", "since"),
                name="pointrule_one_per_place_and_moment",
                violation_error_message="There are rules for this place from that moment already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", [0, 2])),
                name="pointrule_of_a_district_or_community",
                violation_error_message="Rules of points are set for districts and communities.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("since__gte", models.F("set_at"))),
                name="pointrule_is_not_set_for_the_past",
                violation_error_message="Rules cannot hold from a moment in the past.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointitem",
            constraint=models.UniqueConstraint(
                fields=("rule", "name"),
                name="pointitem_once_per_rule",
                violation_error_message="An item stands in the list twice.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__gt", 0)), name="pointitem_has_a_price"
            ),
        ),
        migrations.AddConstraint(
            model_name="pointentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "grid",
                        django.db.models.functions.comparison.Coalesce(
                            "building", "community", "street", "district"
                        ),
                    )
                ),
                name="pointentry_path_ends_at_its_grid",
                violation_error_message="The stored path does not end at the grid.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointentry",
            constraint=models.UniqueConstraint(
                fields=("resident", "seq"), name="pointentry_numbered_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="pointentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source", ""), _negated=True),
                fields=("source",),
                name="pointentry_source_counts_once",
                violation_error_message="Points were given for this already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("balance_after__gte", 0)),
                name="pointentry_balance_is_never_negative",
                violation_error_message="The points do not suffice.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("kind", "earn")),
                    models.Q(("amount__lt", 0), ("kind__in", ["redeem", "expire"])),
                    models.Q(("kind", "correct"), models.Q(("amount", 0), _negated=True)),
                    _connector="OR",
                ),
                name="pointentry_comes_or_goes_by_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seq__gt", 1),
                    models.Q(("balance_after", models.F("amount")), ("seq", 1)),
                    _connector="OR",
                ),
                name="pointentry_begins_with_its_first_amount",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["building", "-begins_at", "-id"], name="activity_by_building"),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["community", "-begins_at", "-id"], name="activity_by_community"),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["street", "-begins_at", "-id"], name="activity_by_street"),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["district", "-begins_at", "-id"], name="activity_by_district"),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "grid",
                        django.db.models.functions.comparison.Coalesce(
                            "building", "community", "street", "district"
                        ),
                    )
                ),
                name="activity_path_ends_at_its_grid",
                violation_error_message="The stored path does not end at the grid.",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("begins_at"))),
                name="activity_ends_after_it_began",
                violation_error_message="The activity ends before it begins.",
            ),
        ),
        migrations.AddIndex(
            model_name="volunteer",
            index=models.Index(
                condition=models.Q(("until__isnull", True)),
                fields=["building", "-id"],
                name="volunteer_by_building",
            ),
        ),
        migrations.AddIndex(
            model_name="volunteer",
            index=models.Index(
                condition=models.Q(("until__isnull", True)),
                fields=["community", "-id"],
                name="volunteer_by_community",
            ),
        ),
        migrations.AddIndex(
            model_name="volunteer",
            index=models.Index(
                condition=models.Q(("until__isnull", True)),
                fields=["street", "-id"],
                name="volunteer_by_street",
            ),
        ),
        migrations.AddIndex(
            model_name="volunteer",
            index=models.Index(
                condition=models.Q(("until__isnull", True)),
                fields=["district", "-id"],
                name="volunteer_by_district",
            ),
        ),
        migrations.AddConstraint(
            model_name="volunteer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "grid",
                        django.db.models.functions.comparison.Coalesce(
                            "building", "community", "street", "district"
                        ),
                    )
                ),
                name="volunteer_path_ends_at_its_grid",
                violation_error_message="The stored path does not end at the grid.",
            ),
        ),
        migrations.AddConstraint(
            model_name="volunteer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("resident",),
                name="volunteer_once_at_a_time",
                violation_error_message="She is entered as a volunteer already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="volunteer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="volunteer_ends_after_she_began",
                violation_error_message="The last day lies before the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="volunteer",
            constraint=models.CheckConstraint(
                condition=models.Q(("post__isnull", True), ("is_building_head", True), _connector="OR"),
                name="volunteer_with_a_post_is_a_building_head",
                violation_error_message="Only a building head has a post as one.",
            ),
        ),
        migrations.AddIndex(
            model_name="team",
            index=models.Index(fields=["building", "-id"], name="team_by_building"),
        ),
        migrations.AddIndex(
            model_name="team",
            index=models.Index(fields=["community", "-id"], name="team_by_community"),
        ),
        migrations.AddIndex(
            model_name="team",
            index=models.Index(fields=["street", "-id"], name="team_by_street"),
        ),
        migrations.AddIndex(
            model_name="team",
            index=models.Index(fields=["district", "-id"], name="team_by_district"),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "grid",
                        django.db.models.functions.comparison.Coalesce(
                            "building", "community", "street", "district"
                        ),
                    )
                ),
                name="team_path_ends_at_its_grid",
                violation_error_message="The stored path does not end at the grid.",
            ),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.UniqueConstraint(
                fields=("grid", "name"),
                name="team_once_per_grid",
                violation_error_message="This grid has a team of that name already.",
            ),
        ),
        migrations.AddIndex(
            model_name="participation",
            index=models.Index(
                condition=models.Q(("hours__isnull", False)),
                fields=["building", "activity"],
                name="hours_by_building",
            ),
        ),
        migrations.AddIndex(
            model_name="participation",
            index=models.Index(
                condition=models.Q(("hours__isnull", False)),
                fields=["community", "activity"],
                name="hours_by_community",
            ),
        ),
        migrations.AddIndex(
            model_name="participation",
            index=models.Index(
                condition=models.Q(("hours__isnull", False)),
                fields=["street", "activity"],
                name="hours_by_street",
            ),
        ),
        migrations.AddIndex(
            model_name="participation",
            index=models.Index(
                condition=models.Q(("hours__isnull", False)),
                fields=["district", "activity"],
                name="hours_by_district",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "grid",
                        django.db.models.functions.comparison.Coalesce(
                            "building", "community", "street", "district"
                        ),
                    )
                ),
                name="participation_path_ends_at_its_grid",
                violation_error_message="The stored path does not end at the grid.",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(
                fields=("activity", "volunteer"),
                name="participation_once_per_activity",
                violation_error_message="She has signed up already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_at__isnull", True),
                        ("confirmed_by__isnull", True),
                        ("hours__isnull", True),
                    ),
                    models.Q(
                        ("confirmed_at__isnull", False), ("confirmed_by__isnull", False), ("hours__gte", 0)
                    ),
                    _connector="OR",
                ),
                name="participation_hours_are_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("team", "volunteer"),
                name="membership_once_at_a_time",
                violation_error_message="She is in the team already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="membership_ends_after_it_began",
            ),
        ),
        *(migrations.RunSQL(ARM.format(table=table), DISARM.format(table=table)) for table in TABLES),
    ]
