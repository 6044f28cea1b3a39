"""Users, agencies, posts, memberships, areas."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from accounts.checks import check_no_sample_accounts


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("ผู้ใช้และหน่วยงาน")

    def ready(self) -> None:
        register(check_no_sample_accounts, Tags.database)
