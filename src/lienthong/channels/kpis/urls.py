from django.urls import path

from lienthong.channels.kpis import views

urlpatterns = [path("kpis", views.tree), path("kpis/<slug:territory>", views.tree)]
