"""Addresses of planning."""

from django.urls import path

from planning.views import alignment, analysis, desk, forums, plandesk, plans, public

app_name = "planning"

urlpatterns = [
    path("needs/", public.need_list, name="need-list"),
    path("needs/needs.csv", public.need_file, name="need-file"),
    path("needs/new/", public.need_tell, name="need-tell"),
    path("needs/received/<str:code>/", public.need_received, name="need-received"),
    path("needs/<str:code>/", public.need_detail, name="need-detail"),
    path("needs/<str:code>/photos/<int:pk>/", public.need_photo, name="need-photo"),
    path("desk/needs/", desk.need_desk, name="need-desk"),
    path("desk/needs/new/", desk.need_record, name="need-record"),
    path("desk/needs/send-up/", desk.need_send_many, name="need-send-many"),
    path("desk/needs/villages/", desk.village_list, name="village-list"),
    path("desk/needs/<str:code>/", desk.need_decide, name="need-decide"),
    path("desk/needs/<str:code>/contact/", desk.need_contact, name="need-contact"),
    path("desk/needs/<str:code>/<slug:deed>/", desk.need_act, name="need-act"),
    path("strategy/editions/", plans.edition_list, name="edition-list"),
    path("strategy/editions/<int:pk>/", plans.edition_detail, name="edition-detail"),
    path("strategy/editions/<int:pk>/swot/", analysis.swot, name="swot"),
    path("strategy/compare/", plans.edition_compare, name="edition-compare"),
    path("strategy/forums/", forums.forum_list, name="forum-list"),
    path("strategy/forums/<int:pk>/", forums.forum_detail, name="forum-detail"),
    path("strategy/forums/files/<int:pk>/", forums.forum_file, name="forum-file"),
    path("consultations/<int:pk>/", plans.consultation_detail, name="consultation-detail"),
    path("desk/plans/", plandesk.plan_desk, name="plan-desk"),
    path("desk/plans/<int:pk>/", plandesk.edition_write, name="edition-write"),
    path("desk/plans/<int:pk>/move/", plandesk.edition_move, name="edition-move"),
    path("desk/plans/<int:pk>/consult/", plandesk.edition_consult, name="edition-consult"),
    path("desk/plans/<int:pk>/issues/<slug:code>/", plandesk.issue_write, name="issue-write"),
    path("desk/plans/<int:pk>/issues/<slug:code>/drop/", plandesk.issue_drop, name="issue-drop"),
    path("desk/plans/<int:pk>/factors/", analysis.factor_add, name="factor-add"),
    path("desk/plans/<int:pk>/tows/", analysis.tows_add, name="tows-add"),
    path("desk/factors/<int:pk>/evidence/", analysis.evidence_add, name="evidence-add"),
    path("desk/factors/<int:pk>/", analysis.factor_amend, name="factor-amend"),
    path("desk/factors/<int:pk>/drop/", analysis.factor_drop, name="factor-drop"),
    path("desk/tows/<int:pk>/drop/", analysis.tows_drop, name="tows-drop"),
    path("desk/comments/<int:pk>/", plandesk.comment_judge, name="comment-judge"),
    path("desk/plans/alignment/", alignment.alignment, name="alignment"),
    path("desk/plans/alignment/<str:code>/", alignment.project_align, name="project-align"),
    path("desk/plans/forums/", forums.forum_desk, name="forum-desk"),
    path("desk/forums/<int:pk>/proposals/", forums.proposal_add, name="proposal-add"),
    path("desk/forums/<int:pk>/files/", forums.forum_file_add, name="forum-file-add"),
    path("desk/forum-files/<int:pk>/", forums.forum_file_change, name="forum-file-change"),
    path("desk/proposals/<int:pk>/", forums.proposal_answer, name="proposal-answer"),
    path("desk/plans/telling/", forums.telling, name="telling"),
    path("desk/plans/telling/<int:pk>/", forums.told_detail, name="told-detail"),
    path("desk/told/", forums.told, name="told"),
]
