"""Addresses of money."""

from django.urls import path

from budget import views

app_name = "budget"

urlpatterns = [
    path("budget/", views.budget_public, name="budget-public"),
    path("desk/budget/", views.desk, name="desk"),
    path("desk/budget/overview/", views.overview, name="overview"),
    path("desk/budget/months/", views.month_grid, name="month-grid"),
    path("desk/budget/months/save/", views.month_row_save, name="month-row-save"),
    path("desk/budget/months/submit/", views.months_submit, name="months-submit"),
    path("desk/budget/targets/", views.target_list, name="target-list"),
    path("desk/budget/targets/<int:pk>/withdraw/", views.target_withdraw, name="target-withdraw"),
    path("desk/budget/year/", views.year_table, name="year-table"),
]
