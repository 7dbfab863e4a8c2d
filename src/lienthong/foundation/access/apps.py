from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "lienthong.foundation.access"
    label = "foundation_access"
    verbose_name = "Thẩm quyền"
