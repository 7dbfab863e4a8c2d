from django.urls import path

from lienthong.channels.workplace import views

urlpatterns = [
    path("workplace", views.inbox),
    path("approve", views.approve),
    path("authority", views.authority),
    path("audit", views.log),
    path("audit/me", views.about_me),
]
