"""A browser that looks at the real site, served under a path as it is when published."""

from __future__ import annotations

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.built_site import built_site
from tests.patience import PATIENCE

PREFIX = "/model-answers/"
OPEN_SHADOW_ROOTS = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
"""


class UnderAPath(SimpleHTTPRequestHandler):
    """Serves a folder below PREFIX and says nothing."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript", ".woff2": "font/woff2"}

    def translate_path(self, path: str) -> str:
        """Return the file of an address; outside the prefix there is none."""
        return super().translate_path("/" + path.removeprefix(PREFIX)) if path.startswith(PREFIX) else "/nowhere"

    def log_message(self, format: str, *args: object) -> None:
        """Keep the output of tests clean."""


class PatientServer(ThreadingHTTPServer):
    """Lets as many connections wait as a browser opens: of five, some would be turned away on a busy machine."""

    request_queue_size = 128


@pytest.fixture(scope="session")
def address():
    """Return the address of the real site's home page."""
    handler = functools.partial(UnderAPath, directory=str(built_site()))
    server = PatientServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_tab(chromium):
    """Return a function that opens a tab; at the end the tab must have had nothing to complain about."""
    contexts, complaints = [], []

    def opened(width=1280, scheme="light", **settings):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", **settings
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        context.add_init_script(OPEN_SHADOW_ROOTS)
        tab = context.new_page()
        tab.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("request", lambda request: complaints.append(request.url) if _is_foreign(request.url) else None)
        tab.on("requestfailed", lambda request: complaints.extend(_failure(request)))
        tab.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _failure(request):
    """Yield what failed, unless the browser gave it up itself because somebody went to another page."""
    if request.failure != "net::ERR_ABORTED":
        yield f"failed: {request.url}"


def _is_foreign(address: str) -> bool:
    return not address.startswith(("http://127.0.0.1:", "file:", "data:", "blob:", "about:"))
