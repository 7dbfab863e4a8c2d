from django.urls import path

from lienthong.data.intelligence import views

urlpatterns = [
    path("models", views.model_versions),
    path("models/<uuid:model_id>", views.model_version),
    path("models/<uuid:model_id>/decide", views.decide_model),
    path("ask", views.ask),
    path("ask/<uuid:question_id>", views.answer),
    path("ask/<uuid:question_id>/judge", views.judge),
    path("insights", views.insights),
    path("insights/<uuid:insight_id>", views.insight),
    path("insights/<uuid:insight_id>/decide", views.decide),
    path("effects", views.effects),
    path("effects/<str:intervention_id>", views.effect),
]
