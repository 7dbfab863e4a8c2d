from django.apps import AppConfig


class DirectionConfig(AppConfig):
    name = "lienthong.commons.direction"
    label = "commons_direction"
    verbose_name = "Chỉ đạo, điều hành"
