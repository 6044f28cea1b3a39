"""Benchmarks; each module is run by itself, so Django is set up before its models are imported."""

import django

django.setup()
