from django.db import migrations

from lienthong.kernel.keeping import append_only


class Migration(migrations.Migration):
    dependencies = [("channels_dashboards", "0001_initial")]
    operations = [migrations.RunSQL(*append_only("channels_dashboards_snapshot", "a kept board is never changed: % refused"))]
