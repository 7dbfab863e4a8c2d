from django.apps import AppConfig


class WorkplaceConfig(AppConfig):
    name = "lienthong.channels.workplace"
    label = "channels_workplace"
    verbose_name = "Bàn làm việc"
