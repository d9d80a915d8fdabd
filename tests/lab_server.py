"""A JupyterLab on loopback with a home of its own, for the browser tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

QUIET = [
    "--no-browser",
    "--allow-root",
    "--ip=127.0.0.1",
    "--IdentityProvider.token=",
    "--ServerApp.password=",
    "--ServerApp.disable_check_xsrf=True",
    "--LabApp.expose_app_in_browser=True",
]


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _own_home(home: Path) -> dict[str, str]:
    """The environment under which Jupyter reads and writes below `home` only."""
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    own = {name: str(home / folder) for name, folder in folders.items()}
    return os.environ | own | {"OMP_NUM_THREADS": "1"}


def _no_news(home: Path) -> None:
    """Settings under which JupyterLab asks nobody for news or updates."""
    folder = home / "settings" / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    settings = {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    }
    path = folder / "notification.jupyterlab-settings"
    path.write_text(json.dumps(settings), encoding="utf-8")


def _wait(address: str, server: subprocess.Popen, seconds: float) -> None:
    """Return once the server answers; RuntimeError if it ends or takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{address}/api/status", timeout=2).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start within {seconds} s")


@contextmanager
def jupyterlab(folder: Path, home: Path, seconds: float = 60) -> Iterator[str]:
    """The address of a server that shows `folder`; it and its kernels end with it."""
    _no_news(home)
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", *QUIET]
    command.append(f"--ServerApp.root_dir={folder}")
    with open(home / "server.log", "wb") as log:
        server = subprocess.Popen(
            command,
            env=_own_home(home),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, server, seconds)
            yield address
        finally:
            _stop(server)


def _stop(server: subprocess.Popen) -> None:
    """End the server, gently first; its group goes with it."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(timeout=10)


def write_notebook(path: Path, cells: list[str], outputs: list | None = None) -> None:
    """A notebook of code cells; `outputs` become those of the first."""
    made = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {},
            "execution_count": 1 if outputs and number == 0 else None,
            "outputs": outputs if outputs and number == 0 else [],
            "source": source,
        }
        for number, source in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": made,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")
