from django.urls import path

from lienthong.commons.direction import views

urlpatterns = [
    path("directives", views.directives),
    path("directives/new", views.new),
    path("directives/from-text", views.from_text),
    path("directives/prospects", views.prospects),
    path("directives/<uuid:directive_id>", views.directive),
    path("route", views.route),
    path("tasks", views.worklist),
    path("tasks/statistics", views.statistics),
    path("tasks/<uuid:task_id>", views.task),
    path("tasks/<uuid:task_id>/move", views.move),
    path("tasks/<uuid:task_id>/extension", views.ask_extension),
    path("tasks/<uuid:task_id>/parts", views.pass_on),
    path("tasks/<uuid:task_id>/lead", views.choose_lead),
    path("tasks/<uuid:task_id>/evidence/<uuid:file_id>", views.evidence),
    path("tasks/<uuid:task_id>/seals", views.seals),
    path("extensions/<uuid:extension_id>/decide", views.decide_extension),
]
