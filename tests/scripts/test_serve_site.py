"""The preview says where it is, or in one sentence why it cannot start."""

import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from scripts import serve_site
from tests.built_site import ROOT, environment
from tests.patience import PATIENCE


@pytest.fixture
def busy():
    """Hold a port, and return its number."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def test_a_busy_port_is_told_in_one_sentence_with_a_free_one(busy):
    command = [sys.executable, "-m", "scripts.serve_site", "--port", str(busy)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    said = re.fullmatch(
        rf"Port {busy} is busy, perhaps with another preview; choose another: make serve PORT=(\d+)\n", done.stderr
    )
    assert serve_site.port_problem(int(said[1])) == ""


@pytest.mark.parametrize("port", [0, -1, 65536, 99999])
def test_what_is_no_port_is_told(port, capsys):
    assert serve_site.main(["--port", str(port)]) == 1
    assert capsys.readouterr().err.startswith(f"There is no port {port}; choose one from 1 to 65535")


@pytest.mark.parametrize(
    ("site_url", "address"),
    [
        ("https://a.org/answers/", "http://127.0.0.1:8000/answers/"),
        ("https://a.org/answers", "http://127.0.0.1:8000/answers/"),
        ("https://a.org/", "http://127.0.0.1:8000/"),
        ("https://a.org", "http://127.0.0.1:8000/"),
        ("", "http://127.0.0.1:8000/"),
    ],
)
def test_the_address_has_the_path_of_the_published_site(site_url, address, monkeypatch):
    monkeypatch.setenv("SITE_URL", site_url)

    assert serve_site.address(8000) == address


@pytest.mark.slow
def test_the_address_that_is_printed_answers(busy):
    port = int(re.search(r"PORT=(\d+)", serve_site.port_problem(busy))[1])
    command = [sys.executable, "-m", "scripts.serve_site", "--port", str(port)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=ROOT, env=environment(), text=True, **streams) as process:
        address = re.search(r"http://\S+", process.stdout.readline())[0]
        ready = next(line for line in process.stdout if line.startswith("The site is ready"))
        end = time.monotonic() + PATIENCE
        page = ""
        while not page and time.monotonic() < end:
            try:
                page = urllib.request.urlopen(address, timeout=10).read().decode()
            except OSError:  # not up yet
                time.sleep(0.3)
        process.terminate()

    assert ready == f"The site is ready at {address} and follows each edit; Ctrl+C ends it.\n"
    assert address == f"http://127.0.0.1:{port}/model-answers/"
    assert "<h1" in page
