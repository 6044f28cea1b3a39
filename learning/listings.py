"""Columns of the catalogue as a file; records are personal: HR takes those of its own agency on the desk."""

from django.utils.translation import gettext_lazy as _

from common.downloads import Listing, columns_of
from learning.models import Course

COURSES = Listing(
    "courses",
    _("หลักสูตร"),
    columns_of(
        Course,
        *("code", "name_th", "name_en", "provider_th", "hours", "is_digital", "address"),
        *("is_active", "is_sample"),
    ),
)
