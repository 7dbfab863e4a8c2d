from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "lienthong.foundation.directory"
    label = "foundation_directory"
    verbose_name = "Danh bạ địa bàn, cơ quan"
