from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "lienthong.commons.casework"
    label = "commons_casework"
    verbose_name = "Hồ sơ thủ tục hành chính"

    def ready(self) -> None:
        # Files in the sync profile are taken in wherever files are.
        from lienthong.commons.casework.adapters import SyncProfile
        from lienthong.data.registry import services as registry

        registry.add_profile(SyncProfile())
