"""Exports of registers, and the one way by which the record of looks is cleared: by a function that knows its three years."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

KEPT = """
CREATE FUNCTION residents_keep_looks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('gridgov.clearing_looks', true) = 'yes'
       AND OLD.at < now() - interval '3 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of this table are only ever added, and cleared after three years (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION residents_clear_looks(cutoff timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    gone bigint;
BEGIN
    IF cutoff > now() - interval '3 years' THEN
        RAISE EXCEPTION 'looks are kept for three years' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('gridgov.clearing_looks', 'yes', true);
    DELETE FROM residents_look WHERE at < cutoff;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('gridgov.clearing_looks', '', true);
    RETURN gone;
END $$;
DROP TRIGGER residents_look_is_never_changed ON residents_look;
CREATE TRIGGER residents_look_is_never_changed BEFORE UPDATE OR DELETE ON residents_look
    FOR EACH ROW EXECUTE FUNCTION residents_keep_looks();
ALTER TABLE residents_look ENABLE ALWAYS TRIGGER residents_look_is_never_changed;
"""
AS_BEFORE = """
DROP TRIGGER residents_look_is_never_changed ON residents_look;
CREATE TRIGGER residents_look_is_never_changed BEFORE UPDATE OR DELETE ON residents_look
    FOR EACH ROW EXECUTE FUNCTION residents_refuse_change();
ALTER TABLE residents_look ENABLE ALWAYS TRIGGER residents_look_is_never_changed;
DROP FUNCTION residents_clear_looks(timestamptz);
DROP FUNCTION residents_keep_looks();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("grids", "0006_rights_of_the_registers"),
        ("residents", "0007_points"),
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
                    ("restrict", "restricted: past its time"),
                ],
                max_length=10,
                verbose_name="what happened",
            ),
        ),
        migrations.CreateModel(
            name="ExportRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("register", models.CharField(max_length=30, verbose_name="register")),
                ("filters", models.JSONField(default=dict)),
                ("is_unmasked", models.BooleanField(default=False, verbose_name="unmasked")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("asked_at", models.DateTimeField(verbose_name="asked for at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for release"),
                            ("released", "released"),
                            ("refused", "not released"),
                        ],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="released or refused at")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("rows", models.PositiveIntegerField(null=True, verbose_name="entries")),
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
                        verbose_name="released or refused by",
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
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="export_request",
                        to="grids.job",
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
                "verbose_name": "export of a register",
                "verbose_name_plural": "exports of registers",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["street", "-id"],
                        name="export_waiting",
                    ),
                    models.Index(fields=["asked_by", "-id"], name="export_of_post"),
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
                        name="exportrequest_path_ends_at_its_grid",
                        violation_error_message="The stored path does not end at the grid.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_unmasked", False), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="export_unmasked_has_a_reason",
                        violation_error_message="Say in a few words what you need it for.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_unmasked", False), ("state", "released")),
                            models.Q(
                                ("decided_by__isnull", True), ("is_unmasked", True), ("state", "waiting")
                            ),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("is_unmasked", True),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="export_unmasked_is_released_by_another",
                        violation_error_message="Somebody else has to release it.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEPT, AS_BEFORE),
    ]
