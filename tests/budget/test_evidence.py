"""Files beside the money grid: attached, looked at when signing, taken away, refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from budget.dues import waiting_for
from budget.models import MonthlyFigure
from submissions.models import Evidence
from tests.budget.factories import AllocationFactory
from tests.budget.test_books import signed
from tests.factories import NOON, person, quarter_of

pytestmark = pytest.mark.django_db
PAGE = "/desk/budget/months/2570-m3/E1/evidence/"
GRID = "/desk/budget/?month=2570-m03"


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All is read at noon of a working day after the quarter."""


@pytest.fixture
def row():
    quarter_of(2570, 1)
    return AllocationFactory(code="E1")


@pytest.fixture
def reporter(client, row):
    user = person(Role.REPORTER, row.spending_agency)
    client.force_login(user)
    return user


def pdf(name="ฎีกา.pdf", content=b"%PDF-1.4 x"):
    return {"file": SimpleUploadedFile(name, content, content_type="application/pdf")}


def test_a_file_is_attached_beside_the_grid_and_seen_by_who_signs(client, row, reporter):
    assert "แนบหลักฐาน" in client.get(GRID).content.decode()
    assert client.post(PAGE).status_code == 422
    assert client.post(PAGE, pdf()).status_code == 302
    # A draft was begun for it; what is typed later keeps the file.
    figure = MonthlyFigure.objects.get()
    assert (figure.disbursed_to_date, figure.status) == (None, "draft")
    assert "หลักฐาน 1 ไฟล์" in client.get(GRID).content.decode()
    assert "ฎีกา.pdf" in client.get(PAGE).content.decode()
    typed = {"row": row.pk, "version": figure.version, "disbursed": "250000", "obligated": "0"}
    at = "/desk/budget/months/save/?month=2570-m03"
    assert client.post(at, typed).json()["ok"]
    client.post("/desk/budget/months/submit/", {"month": "2570-m03"})
    [waiting] = waiting_for(person(Role.APPROVER, row.spending_agency), NOON)
    assert [file.name for file in waiting.files] == ["ฎีกา.pdf"]
    # What was sent is not changed any more.
    file = Evidence.objects.get()
    assert client.post(f"{PAGE}{file.pk}/remove/").status_code == 409
    assert client.post(PAGE, pdf("b.pdf")).status_code == 409
    assert MonthlyFigure.objects.get().evidence.get() == file


def test_a_file_is_taken_away_while_it_may_be_typed(client, row, reporter):
    client.post(PAGE, pdf())
    file = Evidence.objects.get()
    assert client.post(f"{PAGE}{file.pk}/remove/").status_code == 302
    assert client.post(f"{PAGE}{file.pk}/remove/").status_code == 404
    assert not MonthlyFigure.objects.get().evidence.exists()
    assert "ยังไม่มีหลักฐาน" in client.get(PAGE).content.decode()


def test_what_is_no_such_file_and_who_may_not_are_told_so(client, row, reporter):
    bad = client.post(PAGE, pdf("a.pdf", b"MZ not a paper"))
    assert bad.status_code == 409
    assert 'role="alert"' in bad.content.decode()
    assert not Evidence.objects.exists()
    client.force_login(person(Role.COMPTROLLER))
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, pdf()).status_code == 409
    client.force_login(person(Role.REPORTER))
    assert client.get(PAGE).status_code == 404
    assert client.get("/desk/budget/months/2570-m13/E1/evidence/").status_code == 404


def test_a_month_without_a_figure_has_nothing_to_take_away(client, row, reporter):
    other = signed(AllocationFactory(code="E2", spending_agency=row.spending_agency), 3, 100_000, 0)
    file = Evidence.objects.create(
        original_name="x.pdf",
        media_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        agency=row.spending_agency,
        uploaded_by=reporter,
        uploaded_at=NOON,
    )
    other.evidence.add(file)
    assert client.post(f"{PAGE}{file.pk}/remove/").status_code == 404
