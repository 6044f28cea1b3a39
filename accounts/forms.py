"""Shape of what administrators type about people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class InvitationForm(forms.ModelForm[User]):
    """A new account: the person sets the password by the link that is sent."""

    email = forms.EmailField(label=_("อีเมล"))
    full_name_th = forms.CharField(label=_("ชื่อ-สกุล"), max_length=200)

    class Meta:
        model = User
        fields = ("username", "full_name_th", "full_name_en", "email", "phone")
