from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "lienthong.channels.dashboards"
    label = "channels_dashboards"
    verbose_name = "Bảng điều hành"
