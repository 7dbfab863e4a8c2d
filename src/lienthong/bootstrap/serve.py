"""Begin one of the processes that serve on a socket: ``python -m lienthong.bootstrap.serve web``.

Whoever was killed left its socket behind, on which nobody can listen anew, and the children that worked for it. Both go first;
then this process becomes the server.
"""

import os
import sys
from contextlib import suppress

import psutil

from lienthong.bootstrap.options import options

APPLICATIONS = {
    "web": ("wsgi", "lienthong.bootstrap.wsgi:application"),
    "live": ("asgi", "lienthong.bootstrap.live:application"),
    "intake": ("asgi", "lienthong.bootstrap.intake:application"),
}


def main(name: str) -> None:
    settings = options()
    socket = settings.run / f"{name}.sock"
    end_left_behind(str(socket))
    socket.unlink(missing_ok=True)
    interface, application = APPLICATIONS[name]
    arguments = ["--no-ws", "--log-level", "warning", "--backlog", "1024", "--workers-kill-timeout", "5"]
    arguments += ["--interface", interface, "--uds", str(socket)]
    if name == "web":
        arguments += ["--workers", str(settings.web_processes), "--blocking-threads", str(settings.web_threads)]
    if name == "intake":
        # Requests wait for their commit, so more of them are under way than the line is long.
        arguments += ["--backpressure", "8192"]
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments, application])


def end_left_behind(socket: str) -> None:
    """End what still serves on the socket though its parent is gone."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.ppid() == 1 and socket in process.cmdline():
                process.kill()


if __name__ == "__main__":
    main(sys.argv[1])
