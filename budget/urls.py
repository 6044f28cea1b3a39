"""Addresses of money."""

from django.urls import path

from budget import views

app_name = "budget"

urlpatterns = [
    path("budget/", views.budget_public, name="budget-public"),
    path(
        "budget/explain/<str:kind>/<int:key>/<int:year>-m<int:number>/",
        views.explain,
        name="explain",
    ),
    path("desk/budget/", views.desk, name="desk"),
    path("desk/budget/books/", views.book_list, name="book-list"),
    path("desk/budget/books/new/", views.book_new, name="book-new"),
    path("desk/budget/books/<str:code>/", views.book_detail, name="book-detail"),
    path("desk/budget/books/<str:code>/settle/", views.book_settle, name="book-settle"),
    path("desk/budget/books/<str:code>/receive/", views.book_receive, name="book-receive"),
    path("desk/budget/books/<str:code>/enact/", views.book_enact, name="book-enact"),
    path("desk/budget/books/<str:code>/carry/", views.book_carry, name="book-carry"),
    path(
        "desk/budget/books/<str:code>/correct/<int:pk>/",
        views.figure_correct,
        name="figure-correct",
    ),
    path("desk/budget/ranking/", views.ranking, name="ranking"),
    path("desk/budget/transfers/", views.transfer_list, name="transfer-list"),
    path("desk/budget/contracts/", views.contract_list, name="contract-list"),
    path("desk/budget/contracts/<int:pk>/sign/", views.contract_sign, name="contract-sign"),
    path("desk/budget/contracts/<int:pk>/cancel/", views.contract_cancel, name="contract-cancel"),
    path("desk/budget/contracts/deadlines/<int:year>/", views.deadline_set, name="deadline-set"),
    path("desk/budget/overview/", views.overview, name="overview"),
    path("desk/budget/months/", views.month_grid, name="month-grid"),
    path("desk/budget/months/save/", views.month_row_save, name="month-row-save"),
    path(
        "desk/budget/months/<int:year>-m<int:number>/<str:code>/evidence/",
        views.month_evidence,
        name="month-evidence",
    ),
    path(
        "desk/budget/months/<int:year>-m<int:number>/<str:code>/evidence/<int:pk>/remove/",
        views.month_evidence_remove,
        name="month-evidence-remove",
    ),
    path("desk/budget/months/submit/", views.months_submit, name="months-submit"),
    path("desk/budget/targets/", views.target_list, name="target-list"),
    path("desk/budget/targets/<int:pk>/withdraw/", views.target_withdraw, name="target-withdraw"),
    path("desk/budget/year/", views.year_table, name="year-table"),
]
