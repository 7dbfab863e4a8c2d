from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "lienthong.channels.portal"
    label = "channels_portal"
    verbose_name = "Cổng"
