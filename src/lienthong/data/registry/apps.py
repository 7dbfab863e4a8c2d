from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "lienthong.data.registry"
    label = "data_registry"
    verbose_name = "Cơ sở dữ liệu"
