"""One space on this machine: its processes under one supervisor, started, watched and stopped.

supervisord (BSD licence, its own XML-RPC over a Unix socket) starts the processes and restarts what dies. In front
stands Caddy with the one address; behind it, on Unix sockets, the web process, the live process and the intake.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
from supervisor.xmlrpc import SupervisorTransport

from lienthong.bootstrap import postgres
from lienthong.bootstrap.options import ROOT, Options

PROCESSES = ("postgres", "web", "live", "intake", "worker", "analyst", "front", "year")
MARK = "LIENTHONG_SPACE"
"""Environment variable that every process of a space carries, so that strays of a killed supervisor can be found."""


class Trouble(Exception):
    """The space cannot do what was asked; the message is the sentence for the operator, with the way out."""


class Space:
    """The processes of one space."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.data = options.home / "postgres"
        self.socket = options.run / "supervisor.sock"
        self.configuration = options.run / "supervisord.conf"

    # --- asking -----------------------------------------------------------------------------------------------------

    @property
    def supervisor(self):
        """supervisord's XML-RPC, or OSError when it does not run."""
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def running(self) -> bool:
        """Whether the supervisor answers."""
        try:
            self.supervisor.getState()
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return False
        return True

    def processes(self) -> dict[str, dict]:
        """Each process by name: state, pid, seconds since its start, resident bytes."""
        found = {}
        for info in self.supervisor.getAllProcessInfo():
            memory = 0
            with suppress(psutil.Error):
                if info["pid"]:
                    process = psutil.Process(info["pid"])
                    memory = sum(_own_memory(item) for item in [process, *process.children(recursive=True)])
            up = info["now"] - info["start"] if info["statename"] == "RUNNING" else 0
            found[info["name"]] = {"state": info["statename"], "pid": info["pid"], "up": up, "memory": memory}
        return {name: found[name] for name in PROCESSES if name in found}

    # --- starting ---------------------------------------------------------------------------------------------------

    def start_supervisor(self) -> None:
        """Write the configuration and start the supervisor, with nothing running under it yet."""
        self.stop_strays()
        for folder in (self.options.home, self.options.logs, self.options.home / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        self.options.keys.mkdir(mode=0o700, exist_ok=True)
        self.options.run.mkdir(parents=True, exist_ok=True)
        if self.options.embedded:
            postgres.prepare(self.data, self.options.run)
        self.configuration.write_text(self._supervisord())
        (self.options.run / "Caddyfile").write_text(self._caddyfile())
        with (self.options.logs / "supervisord.out").open("w") as output:
            subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "-c", self.configuration],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | {MARK: str(self.options.home)},
            )
        self._wait(self.running, seconds=15, what="supervisor")

    def start(self, name: str) -> None:
        """Start one process and wait until it serves.

        :raises Trouble: it does not come up; says where its log is.
        """
        with suppress(xmlrpc.client.Fault):  # already started
            self.supervisor.startProcess(name, False)
        probes = {
            "postgres": lambda: postgres.ready(self.options.run),
            "web": lambda: self._answers(self.options.run / "web.sock"),
            "live": lambda: self._answers(self.options.run / "live.sock"),
            "intake": lambda: self._answers(self.options.run / "intake.sock"),
            "front": lambda: self._answers(
                ("127.0.0.1" if self.options.host == "0.0.0.0" else self.options.host, self.options.port)
            ),
        }
        probe = probes.get(name, lambda: self.processes()[name]["state"] == "RUNNING")
        self._wait(probe, seconds=60, what=name)

    def names(self) -> Iterator[str]:
        """The processes this space needs, in the order of starting."""
        needed = {
            "postgres": self.options.embedded,
            "year": self.options.samples and self.options.sample_year_speed > 0,
        }
        return (name for name in PROCESSES if needed.get(name, True))

    def stop_one(self, name: str) -> None:
        """Stop one process and wait until it has ended."""
        with suppress(xmlrpc.client.Fault):  # not running
            self.supervisor.stopProcess(name, True)

    def stop(self) -> None:
        """Stop everything, the database last."""
        for name in reversed(PROCESSES):
            with suppress(OSError, xmlrpc.client.Fault):
                self.supervisor.stopProcess(name)
        with suppress(OSError, http.client.HTTPException, xmlrpc.client.Error):
            self.supervisor.shutdown()
        deadline = time.monotonic() + 30
        while self.running() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.stop_strays()

    def stop_strays(self) -> None:
        """End what a killed supervisor left behind: processes that carry this space's mark."""
        strays = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.pid != os.getpid() and process.environ().get(MARK) == str(self.options.home):
                    strays.append(process)
        for process in strays:
            with suppress(psutil.Error):
                # PostgreSQL takes SIGINT as "stop now, roll back what is open".
                process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
        _, left = psutil.wait_procs(strays, timeout=20)
        for process in left:
            with suppress(psutil.Error):
                process.kill()

    def port_is_free(self) -> bool:
        """Whether the user's address can be taken."""
        family = socket.AF_INET6 if ":" in self.options.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.options.host, self.options.port))
            except OSError:
                return False
        return True

    # --- inside -----------------------------------------------------------------------------------------------------

    def _wait(self, probe, *, seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not probe():
            state = {}
            with suppress(OSError, http.client.HTTPException, xmlrpc.client.Error):
                state = self.processes().get(what, {})
            if time.monotonic() > deadline or state.get("state") == "FATAL":
                log = self.options.logs / f"{what}.log"
                last = log.read_text(errors="replace").strip().splitlines()[-1:] if log.exists() else []
                raise Trouble(
                    f"Tiến trình {what} chưa khởi động được; xem nhật ký {log}, sửa nguyên nhân rồi chạy lại."
                    f" / {what} did not start; see {log}.\n  {''.join(last)[:300]}"
                )
            time.sleep(0.05)

    @staticmethod
    def _answers(address) -> bool:
        family = (
            socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        )
        with socket.socket(family) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(address) if isinstance(address, Path) else address)
            except OSError:
                return False
        return True

    def _supervisord(self) -> str:
        options, run = self.options, self.options.run
        commands = {
            "web": f"{sys.executable} -m lienthong.bootstrap.serve web",
            "live": f"{sys.executable} -m lienthong.bootstrap.serve live",
            "intake": f"{sys.executable} -m lienthong.bootstrap.serve intake",
            "worker": f"{sys.executable} -m lienthong.bootstrap.worker",
            "analyst": f"{sys.executable} -m lienthong.bootstrap.analyst",
            "front": f"{Path(sys.executable).parent}/caddy run --adapter caddyfile --config {run}/Caddyfile",
        }
        if options.samples and options.sample_year_speed:
            commands["year"] = (
                f"{sys.executable} -m lienthong.bootstrap.cli year live --speed {options.sample_year_speed}"
            )
        if options.embedded:
            commands["postgres"] = f"{postgres.BIN}/postgres -D {self.data}"
        environment = {
            MARK: options.home,
            "LIENTHONG_HOME": options.home,
            "PYTHONPATH": os.environ.get("PYTHONPATH", ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "lienthong.bootstrap.settings",
            "XDG_DATA_HOME": options.home / "front",
            "XDG_CONFIG_HOME": options.home / "front",
        }
        account = postgres.account()
        sections = [
            "[supervisord]",
            f"logfile={options.logs}/supervisord.log",
            "logfile_maxbytes=5MB",
            f"pidfile={run}/supervisord.pid",
            f"childlogdir={options.logs}",
            *(["user=root"] if os.geteuid() == 0 else []),
            "[unix_http_server]",
            f"file={self.socket}",
            "chmod=0700",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        ]
        for name, command in commands.items():
            sections += [
                f"[program:{name}]",
                f"command={command}".replace("%", "%%"),
                "autostart=false",
                # A year that was sent to its end is done.
                "autorestart=unexpected" if name == "year" else "autorestart=true",
                "startsecs=1",
                "startretries=10",
                f"stopsignal={'INT' if name == 'postgres' else 'TERM'}",
                "stopwaitsecs=15",
                "stopasgroup=true" if name in ("web", "live", "intake", "year") else "stopasgroup=false",
                "killasgroup=true" if name != "postgres" else "killasgroup=false",
                "redirect_stderr=true",
                f"stdout_logfile={options.logs}/{name}.log",
                "stdout_logfile_maxbytes=20MB",
                "stdout_logfile_backups=3",
                *([f"user={account}", "directory=/"] if name == "postgres" and account else []),
                "environment=" + ",".join(f'{key}="{value}"' for key, value in environment.items()).replace("%", "%%"),
            ]
        return "\n".join(sections) + "\n"

    def _caddyfile(self) -> str:
        options, run = self.options, self.options.run
        restarting = (
            "Không gian đang khởi động lại, hãy thử lại sau vài giây."
            " / The space is restarting; try again in a few seconds."
        )
        return f"""\
{{
    admin off
    auto_https off
    persist_config off
    servers {{
        timeouts {{
            read_header 10s
            idle 2m
        }}
        max_header_size 32KB
    }}
    log {{
        format json
        level WARN
    }}
}}
http://:{options.port} {{
    bind {options.host}
    @closed path /metrics
    respond @closed 404
    request_body {{
        max_size {options.upload_megabytes}MB
    }}
    handle /intake/* {{
        request_body {{
            max_size 128KB
        }}
        reverse_proxy unix/{run}/intake.sock
    }}
    handle /live/* {{
        reverse_proxy unix/{run}/live.sock {{
            flush_interval -1
        }}
    }}
    handle {{
        encode zstd gzip
        reverse_proxy unix/{run}/web.sock
    }}
    header -Server
    handle_errors {{
        header Content-Type "text/plain; charset=utf-8"
        header Retry-After 5
        respond "{restarting}" {{err.status_code}}
    }}
}}
"""


def _own_memory(process: psutil.Process) -> int:
    """Memory of a process, shared pages counted once among those that share them."""
    with suppress(psutil.Error, AttributeError):
        return process.memory_full_info().pss
    with suppress(psutil.Error):
        return process.memory_info().rss
    return 0
