"""Settings and the browser that all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from runner.settings import QUIET

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are shared
settings.load_profile("patient")
os.environ |= QUIET  # before whichever test imports it first

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def chromium():
    """Return the system's Chromium, which reaches this machine alone; a process can drive but one."""
    from playwright.sync_api import sync_playwright  # here: most tests need no browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()
