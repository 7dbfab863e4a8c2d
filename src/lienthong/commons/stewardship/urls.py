from django.urls import path

from lienthong.commons.stewardship import views

urlpatterns = [
    path("model", views.model),
    path("principles", views.principles),
    path("responsibilities", views.responsibilities),
    path("agencies", views.agencies),
    path("agencies/options", views.agency_options),
    path("agencies/<str:code>", views.agency),
    path("delegations", views.delegations),
    path("delegations/new", views.delegate),
    path("delegations/<uuid:grant_id>", views.delegation),
    path("delegations/<uuid:grant_id>/reviews/<uuid:review_id>/conclude", views.conclude),
    path("roadmaps", views.roadmaps),
    path("roadmaps/<slug:unit>", views.roadmap),
    path("operations", views.operations),
    path("operations/set-aside/<int:delivery_id>/retry", views.retry),
]
