from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lienthong.foundation.audit"
    label = "foundation_audit"
    verbose_name = "Nhật ký không thể sửa"
