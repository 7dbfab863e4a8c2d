from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "lienthong.data.quality"
    label = "data_quality"
    verbose_name = "Chất lượng dữ liệu"
