from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "lienthong.foundation.outbox"
    label = "foundation_outbox"
    verbose_name = "Hộp thư sự kiện"
