from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "lienthong.foundation.design"
    label = "foundation_design"
    verbose_name = "Hệ thống thiết kế"
