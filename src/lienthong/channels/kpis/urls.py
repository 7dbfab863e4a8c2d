from django.urls import path

from lienthong.channels.kpis import views

urlpatterns = [
    path("kpis", views.tree),
    path("kpis/confirm", views.confirm),
    path("kpis/publish", views.publish),
    path("kpis/reopen", views.reopen_period),
    path("kpis/assessments/<uuid:assessment_id>", views.assessment),
    path("kpis/assessments/<uuid:assessment_id>/self-score", views.self_score),
    path("kpis/assessments/<uuid:assessment_id>/appraise", views.appraise),
    path("kpis/assessments/<uuid:assessment_id>/publish", views.publish_one),
    path("kpis/assessments/<uuid:assessment_id>/appeal", views.appeal),
    path("kpis/assessments/<uuid:assessment_id>/decide", views.decide),
    path("kpis/assessments/<uuid:assessment_id>/reopen", views.reopen),
    path("kpis/assessments/<uuid:assessment_id>/answer/<str:criterion>", views.answer),
    path("kpis/<slug:unit>", views.tree),
    path("kpis/<slug:unit>/<str:criterion>", views.criterion),
    path("results", views.public_results),
    path("results/<slug:framework>/<slug:period>/<slug:unit>", views.public_unit),
]
