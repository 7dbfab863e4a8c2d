from django.apps import AppConfig


class BriefsConfig(AppConfig):
    name = "lienthong.channels.briefs"
    label = "channels_briefs"
    verbose_name = "Bản tin điều hành"
