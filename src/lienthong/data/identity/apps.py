from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "lienthong.data.identity"
    label = "data_identity"
    verbose_name = "Định danh và xác thực"
