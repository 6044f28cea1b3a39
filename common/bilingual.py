"""Two columns, one name: Thai always, English where it is known."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.thainumbers import Language


class Named(models.Model):
    """Something with a Thai name and, where known, an English one."""

    name_th = models.CharField(_("ชื่อภาษาไทย"), max_length=500)
    name_en = models.CharField(_("ชื่อภาษาอังกฤษ"), max_length=500, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the language of the page; Thai where English is not known."""
        return in_language(self.name_th, self.name_en)


def in_language(thai: str, english: str) -> str:
    """Return the text in the active language; Thai where English is not known."""
    return english if english and page_language() == "en" else thai


def page_language() -> Language:
    """Return the active language, as numbers and dates are written in it."""
    return "en" if (get_language() or "th").startswith("en") else "th"
