from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "lienthong.foundation.idempotency"
    label = "foundation_idempotency"
    verbose_name = "Không làm hai lần"
