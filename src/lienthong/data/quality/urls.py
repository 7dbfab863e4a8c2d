from django.urls import path

from lienthong.data.quality import views

urlpatterns = [
    path("quality", views.report),
    path("quality/discrepancies", views.discrepancies),
    path("quality/discrepancies/<uuid:discrepancy_id>", views.discrepancy),
]
