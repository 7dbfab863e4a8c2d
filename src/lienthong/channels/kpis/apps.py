from django.apps import AppConfig


class KpisConfig(AppConfig):
    name = "lienthong.channels.kpis"
    label = "channels_kpis"
    verbose_name = "Khung KPI"
