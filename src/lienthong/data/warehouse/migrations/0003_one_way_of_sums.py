"""The former cells go; every indicator has its slot."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("data_warehouse", "0002_families")]
    operations = [
        migrations.DeleteModel("FormerCell"),
        migrations.DeleteModel("FormerVersion"),
        migrations.AlterField(
            model_name="indicatorrow",
            name="family",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="indicators",
                to="data_warehouse.familyrow",
            ),
        ),
        migrations.AlterField(model_name="indicatorrow", name="slot", field=models.SmallIntegerField()),
        migrations.AddConstraint(
            model_name="indicatorrow",
            constraint=models.UniqueConstraint(fields=("family", "slot"), name="data_warehouse_indicator_slot"),
        ),
    ]
