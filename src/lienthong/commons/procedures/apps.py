from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "lienthong.commons.procedures"
    label = "commons_procedures"
    verbose_name = "Thủ tục hành chính"
