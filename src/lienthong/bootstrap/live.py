"""The live process: pushes new values to open pages."""

from lienthong.bootstrap.options import options
from lienthong.channels.dashboards.programs.live import make_application

application = make_application(dsn=options().dsn, key=(options().keys / "session.key").read_text())
