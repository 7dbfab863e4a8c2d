from django.db import migrations

from lienthong.kernel.keeping import append_only


class Migration(migrations.Migration):
    dependencies = [("channels_briefs", "0001_initial")]
    operations = [migrations.RunSQL(*append_only("channels_briefs_brief", "a brief is never changed: % refused"))]
