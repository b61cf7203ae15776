from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0005_prefill_secrets"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="respects_wishes",
            field=models.BooleanField(
                default=False,
                help_text="Of clients who are known: by a link of their own, or as they signed in.",
                verbose_name="respect visiting hours and preferences",
            ),
        ),
    ]
