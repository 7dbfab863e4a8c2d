from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "lienthong.commons.procedures"
    label = "commons_procedures"
    verbose_name = "Thủ tục hành chính"

    def ready(self) -> None:
        # Files about announcing decisions are taken in wherever files are.
        from lienthong.commons.procedures.adapters import AnnouncementProfile
        from lienthong.data.registry import services as registry

        registry.add_profile(AnnouncementProfile())
