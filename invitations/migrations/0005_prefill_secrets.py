from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0004_audience"),
    ]

    operations = [
        migrations.AddField(
            model_name="customerwebsite",
            name="prefill_secret",
            field=models.CharField(
                blank=True, editable=False, max_length=64, verbose_name="secret for prefilling"
            ),
        ),
    ]
