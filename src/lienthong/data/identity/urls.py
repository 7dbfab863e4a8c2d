from django.urls import path

from lienthong.data.identity import views

urlpatterns = [
    path("sign-in", views.sign_in),
    path("sign-out", views.sign_out),
    path("language", views.language),
]
