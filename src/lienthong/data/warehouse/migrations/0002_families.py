"""Sums of indicators that count together lie side by side; what cells say and said is carried over."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

EXACT = """
ALTER TABLE data_warehouse_sums ALTER numerators TYPE numeric[], ALTER denominators TYPE numeric[];
ALTER TABLE data_warehouse_sums_version ALTER numerators TYPE numeric[], ALTER denominators TYPE numeric[];
"""
"""Without a number of decimals: sums are then the same whichever way they are added up."""
FAMILIES = """
INSERT INTO data_warehouse_family (register, period, every, by, width)
SELECT register, period, every, '{}', count(*) FROM (
    SELECT code, register, coalesce(declaration->>'period', '') AS period,
           CASE WHEN declaration ? 'every' THEN ARRAY(SELECT jsonb_array_elements_text(declaration->'every'))
                WHEN coalesce(declaration->>'period', '') <> '' THEN '{month}'::text[] ELSE '{all}'::text[] END AS every
    FROM data_warehouse_indicator
) AS declared GROUP BY 1, 2, 3;

UPDATE data_warehouse_indicator indicator SET family_id = placed.family_id, slot = placed.slot FROM (
    SELECT i.code, f.id AS family_id, row_number() OVER (PARTITION BY f.id ORDER BY i.code) AS slot
    FROM data_warehouse_indicator i JOIN data_warehouse_family f
      ON f.register = i.register AND f.period = coalesce(i.declaration->>'period', '')
     AND f.every = CASE WHEN i.declaration ? 'every' THEN ARRAY(SELECT jsonb_array_elements_text(i.declaration->'every'))
                        WHEN coalesce(i.declaration->>'period', '') <> '' THEN '{month}'::text[] ELSE '{all}'::text[] END
) AS placed WHERE placed.code = indicator.code;

INSERT INTO data_warehouse_declaration (indicator_id, declaration, at)
SELECT code, declaration, declared_at FROM data_warehouse_indicator;
"""
CELLS = """
INSERT INTO data_warehouse_sums (family_id, territory, period, part, numerators, denominators, rows, moved, computed_at)
SELECT place.family_id, place.territory, place.period, '', array_agg(cell.numerator ORDER BY i.slot),
       array_agg(cell.denominator ORDER BY i.slot), array_agg(cell.rows ORDER BY i.slot), '{}',
       max(cell.computed_at)
FROM (
    SELECT DISTINCT i.family_id, cell.territory, cell.period FROM data_warehouse_cell cell
    JOIN data_warehouse_indicator i ON i.code = cell.indicator_id
) AS place
JOIN data_warehouse_indicator i ON i.family_id = place.family_id
LEFT JOIN data_warehouse_cell cell
  ON cell.indicator_id = i.code AND cell.territory = place.territory AND cell.period = place.period
GROUP BY 1, 2, 3
"""
PAST = """
INSERT INTO data_warehouse_sums_version (family_id, territory, period, numerators, denominators, rows, at, source_xid)
SELECT place.family_id, place.territory, place.period, array_agg(said.numerator ORDER BY i.slot),
       array_agg(said.denominator ORDER BY i.slot), array_agg(said.rows ORDER BY i.slot), place.at, place.source_xid
FROM (
    SELECT i.family_id, said.territory, said.period, said.at, said.source_xid, min(said.id) AS first
    FROM data_warehouse_cell_version said JOIN data_warehouse_indicator i ON i.code = said.indicator GROUP BY 1, 2, 3, 4, 5
) AS place
JOIN data_warehouse_indicator i ON i.family_id = place.family_id
LEFT JOIN LATERAL (
    SELECT numerator, denominator, rows FROM data_warehouse_cell_version said
    WHERE said.indicator = i.code AND said.territory = place.territory AND said.period = place.period AND said.at = place.at
      AND said.source_xid IS NOT DISTINCT FROM place.source_xid
    ORDER BY said.id DESC LIMIT 1
) AS said ON true
GROUP BY place.family_id, place.territory, place.period, place.at, place.source_xid, place.first ORDER BY place.first
"""


def _sums() -> list:
    number = models.DecimalField(decimal_places=6, max_digits=38, null=True)
    return [
        ("numerators", django.contrib.postgres.fields.ArrayField(base_field=number, size=None)),
        ("denominators", django.contrib.postgres.fields.ArrayField(base_field=number, size=None)),
        ("rows", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(null=True), size=None)),
    ]


def _family() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="data_warehouse.familyrow"
    )


class Migration(migrations.Migration):
    dependencies = [("data_warehouse", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="FamilyRow",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("register", models.TextField()),
                ("period", models.TextField(blank=True, default="")),
                ("every", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("by", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ("width", models.SmallIntegerField(default=0)),
            ],
            options={
                "db_table": "data_warehouse_family",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("register", "period", "every", "by"), name="data_warehouse_family_one"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeclarationRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("declaration", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="declarations",
                        to="data_warehouse.indicatorrow",
                    ),
                ),
            ],
            options={"db_table": "data_warehouse_declaration"},
        ),
        migrations.AddField(
            model_name="indicatorrow",
            name="family",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="indicators",
                to="data_warehouse.familyrow",
            ),
        ),
        migrations.AddField(model_name="indicatorrow", name="slot", field=models.SmallIntegerField(null=True)),
        migrations.AddField(model_name="indicatorrow", name="rules", field=models.SmallIntegerField(default=0)),
        migrations.RenameModel("CellRow", "FormerCell"),
        migrations.RenameModel("CellVersion", "FormerVersion"),
        migrations.CreateModel(
            name="CellRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "family_id", "territory", "period", "part", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("territory", models.TextField()),
                ("period", models.TextField()),
                ("part", models.TextField(default="")),
                *_sums(),
                (
                    "moved",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BooleanField(), default=list, size=None),
                ),
                ("computed_at", models.DateTimeField()),
                (
                    "xid",
                    models.BigIntegerField(
                        db_default=django.db.models.expressions.RawSQL("(pg_current_xact_id()::text)::bigint", [])
                    ),
                ),
                ("family", _family()),
            ],
            options={
                "db_table": "data_warehouse_sums",
                "indexes": [
                    models.Index(
                        condition=models.Q(("part", ""), ("period", "")), fields=["xid"], name="data_warehouse_sums_live"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CellVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("territory", models.TextField()),
                ("period", models.TextField()),
                *_sums(),
                ("at", models.DateTimeField()),
                ("source_xid", models.BigIntegerField(null=True)),
                ("family", _family()),
            ],
            options={
                "db_table": "data_warehouse_sums_version",
                "indexes": [
                    models.Index(
                        fields=["family", "territory", "period", "-at", "-id"], name="data_warehouse_sums_past"
                    )
                ],
            },
        ),
        migrations.RunSQL(EXACT, migrations.RunSQL.noop),
        migrations.RunSQL(FAMILIES, migrations.RunSQL.noop),
        migrations.RunSQL(CELLS, migrations.RunSQL.noop),
        migrations.RunSQL(PAST, migrations.RunSQL.noop),
    ]
