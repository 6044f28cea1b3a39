"""Passwords that must not be."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User


class NationalIdValidator:
    """Refuse a national ID number (13 digits) as a password."""

    def validate(self, password: str, user: User | None = None) -> None:
        if re.fullmatch(r"\d{13}", re.sub(r"[\s-]", "", password)):
            raise ValidationError(self.get_help_text(), code="password_is_national_id")

    def get_help_text(self) -> str:
        return _("ห้ามใช้เลขประจำตัวประชาชนเป็นรหัสผ่าน")
