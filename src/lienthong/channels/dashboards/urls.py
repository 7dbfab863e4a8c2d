from django.urls import path

from lienthong.channels.dashboards import views

urlpatterns = [
    path("boards", views.country),
    path("boards/sector/<slug:section>", views.sector),
    path("boards/<slug:territory>", views.local),
    path("indicators/<slug:code>", views.indicator),
    path("indicators/<slug:code>/<slug:territory>", views.indicator),
]
