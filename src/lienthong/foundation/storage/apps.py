from django.apps import AppConfig


class StorageConfig(AppConfig):
    name = "lienthong.foundation.storage"
    label = "foundation_storage"
    verbose_name = "Kho tệp"
