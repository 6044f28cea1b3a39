"""Let PostgreSQL cut Thai names into trigrams: search in a language without spaces needs them."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    # Does nothing on SQLite.
    operations = [TrigramExtension()]
