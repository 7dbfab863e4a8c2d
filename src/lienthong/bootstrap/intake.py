"""The intake process: takes facts one by one and commits them in groups."""

from lienthong.bootstrap import logs
from lienthong.bootstrap.options import options
from lienthong.data.registry.programs.intake import make_application

logs.configure()
application = make_application(dsn=options().dsn)
