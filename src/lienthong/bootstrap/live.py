"""The live process: pushes new values to open pages."""

from lienthong.bootstrap.options import options
from lienthong.bootstrap.settings import DATABASES
from lienthong.channels.dashboards.programs.live import make_application

_database = DATABASES["default"]
application = make_application(
    dsn=options().database_url or f"host={_database['HOST']} user={_database['USER']} dbname={_database['NAME']}",
    key=(options().keys / "session.key").read_text(),
)
