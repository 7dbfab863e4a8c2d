from django.apps import AppConfig


class IntelligenceConfig(AppConfig):
    name = "lienthong.data.intelligence"
    label = "data_intelligence"
    verbose_name = "Phân tích và trí tuệ nhân tạo"
