"""SQLite as the portal uses it: lists are written in as few statements as the library takes."""

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.features import DatabaseFeatures as StockFeatures


class DatabaseFeatures(StockFeatures):
    # What every SQLite since 3.32 takes; Django 5.2 still counts with the 999 of older ones.
    max_query_params = 32_766


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
