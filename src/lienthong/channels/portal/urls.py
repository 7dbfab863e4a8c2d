from django.urls import path

from lienthong.channels.portal import views

urlpatterns = [path("", views.front)]
