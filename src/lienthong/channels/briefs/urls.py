from django.urls import path

from lienthong.channels.briefs import views

urlpatterns = [
    path("brief", views.brief),
    path("brief/<slug:territory>", views.brief),
    path("briefs/<uuid:brief_id>/content", views.content),
]
