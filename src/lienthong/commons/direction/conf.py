"""What a space decides about direction; read once."""

from django.conf import settings

GRACE_DAYS = settings.LIENTHONG_GRACE_DAYS
"""Working days after which an overdue task is shown one level higher, where its directive does not say otherwise."""
