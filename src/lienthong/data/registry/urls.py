from django.urls import path

from lienthong.data.registry import views

urlpatterns = [
    path("registers", views.registers),
    path("registers/<slug:register>", views.records),
    path("registers/<slug:register>/import", views.new_import),
    path("registers/<slug:register>/records/<path:key>", views.record),
    path("imports/<uuid:import_id>", views.import_job),
    path("imports/<uuid:import_id>/refused.csv", views.refused),
]
