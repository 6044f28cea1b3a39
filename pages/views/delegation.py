"""Lend a signature from–to, and take it back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Agency, Role, User
from common import clock
from common.refusal import Refused
from pages.forms import DelegationForm
from submissions.actions import delegate_signature, revoke_delegation
from submissions.models import Delegation
from submissions.rules import standing_of


def _own_agency(user: User) -> Agency:
    """The agency whose signature the person may lend."""
    own = user.memberships.current(clock.today()).with_role(Role.APPROVER).select_related("agency")
    membership = own.order_by("pk").first()
    if membership is None:
        raise PermissionDenied(_("เฉพาะหัวหน้าส่วนราชการมอบอำนาจลงนามได้"))
    return membership.agency


@require_http_methods(["GET", "POST"])
def delegation_list(request: HttpRequest) -> HttpResponse:
    """Show what is lent, and lend a signature to someone of the same agency."""
    assert isinstance(request.user, User)
    agency = _own_agency(request.user)
    deputies = (
        User.objects.filter(is_active=True, memberships__agency=agency)
        .exclude(pk=request.user.pk)
        .distinct()
        .order_by("username")
    )
    form = DelegationForm(request.POST or None, deputies=deputies)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                delegate_signature(
                    agency=agency, lender=request.user, at=clock.now(), **form.cleaned_data
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _("มอบอำนาจลงนามแล้ว"))
                return redirect("pages:delegation-list")
    given = Delegation.objects.filter(agency=agency).select_related("lender", "deputy")
    return render(
        request,
        "pages/delegation_list.html",
        {
            "form": form,
            "agency": agency,
            "delegations": given.order_by("-from_date", "-pk"),
            "today": clock.today(),
        },
        status=status,
    )


@require_POST
def delegation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a lent signature back."""
    assert isinstance(request.user, User)
    agencies = standing_of(request.user, clock.today()).agencies(Role.APPROVER)
    delegation = get_object_or_404(Delegation.objects.filter(agency__in=agencies), pk=pk)
    try:
        revoke_delegation(delegation=delegation, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("ยกเลิกการมอบอำนาจแล้ว"))
    return redirect("pages:delegation-list")
