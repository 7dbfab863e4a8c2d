from django.urls import path

from lienthong.channels.dashboards import views

urlpatterns = [
    path("boards", views.country),
    path("boards/sector/<slug:section>", views.sector),
    path("boards/own", views.own_boards),
    path("boards/own/<uuid:board_id>", views.own_board),
    path("boards/own/<uuid:board_id>/compose", views.compose),
    path("boards/own/<uuid:board_id>/state", views.set_board_state),
    path("boards/<slug:territory>", views.local),
    path("indicators/<slug:code>", views.indicator),
    path("indicators/<slug:code>/<slug:territory>", views.indicator),
    path("indicators/<slug:code>/<slug:territory>/notes", views.write_note),
    path("notes/<uuid:note_id>/withdraw", views.withdraw_note),
    path("snapshots", views.snapshots),
    path("snapshots/keep", views.keep),
    path("snapshots/<uuid:snapshot_id>", views.snapshot),
    path("snapshots/<uuid:snapshot_id>/content", views.content),
    path("snapshots/<uuid:snapshot_id>/proof", views.proof),
]
