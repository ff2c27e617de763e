"""Serves a preview of the site that follows every edit, and says where it is."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from catalog import packages

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "mkdocs.yml"
HOST, PORTS = "127.0.0.1", range(1, 65536)


def main(arguments: list[str] | None = None) -> int:
    """Become the preview; return 1 if it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m scripts.serve_site", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="8000 if left out; PORT=... with make")
    port = parser.parse_args(arguments).port
    if message := packages.missing_for_the_site() or port_problem(port):
        print(message, file=sys.stderr)
        return 1
    print(f"The site will be at {address(port)} in a moment; Ctrl+C ends it.", flush=True)
    command = ["mkdocs", "serve", "--livereload", "--config-file", str(CONFIG), "--dev-addr", f"{HOST}:{port}"]
    return os.execve(sys.executable, [sys.executable, "-m", *command], {**os.environ, "NO_MKDOCS_2_WARNING": "1"})


def port_problem(port: int) -> str:
    """Say why nothing can be served at a port, and where it can; nothing when it is free."""
    if port not in PORTS:
        return f"There is no port {port}; choose one from 1 to {PORTS[-1]}, such as: make serve PORT=8000"
    reason = _refusal(port)
    if not reason:
        return ""
    free = next((other for other in range(max(port, 7999) + 1, PORTS[-1]) if not _refusal(other)), 8001)
    why = (
        "is busy, perhaps with another preview" if reason == errno.EADDRINUSE else f"is refused ({os.strerror(reason)})"
    )
    return f"Port {port} {why}; choose another: make serve PORT={free}"


def _refusal(port: int) -> int:
    """Return the error number with which the system refuses a port; 0 when it is free."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the preview itself does
        try:
            attempt.bind((HOST, port))
        except OSError as error:
            return error.errno or errno.EADDRINUSE
    return 0


def address(port: int) -> str:
    """Return where the preview is read: under the path that the site will be published at."""
    from mkdocs.utils.yaml import yaml_load

    with CONFIG.open(encoding="utf-8") as file:
        path = urlsplit(yaml_load(file).get("site_url") or "").path
    return f"http://{HOST}:{port}/{path.strip('/')}".rstrip("/") + "/"


if __name__ == "__main__":
    sys.exit(main())
