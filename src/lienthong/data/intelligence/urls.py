from django.urls import path

from lienthong.data.intelligence import views

urlpatterns = [
    path("insights", views.insights),
    path("insights/<uuid:insight_id>", views.insight),
    path("insights/<uuid:insight_id>/decide", views.decide),
    path("effects", views.effects),
    path("effects/<str:intervention_id>", views.effect),
]
