from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "lienthong.data.warehouse"
    label = "data_warehouse"
    verbose_name = "Kho dữ liệu và chỉ tiêu"
