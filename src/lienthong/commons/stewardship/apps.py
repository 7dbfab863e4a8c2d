from django.apps import AppConfig


class StewardshipConfig(AppConfig):
    name = "lienthong.commons.stewardship"
    label = "commons_stewardship"
    verbose_name = "Điều phối mô hình"
