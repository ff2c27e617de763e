"""A build that is killed leaves the old site whole."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.built_site import ROOT, environment

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seconds", [0.3, 1.0, 1.7, 2.4, 3.1])
def test_a_killed_build_leaves_the_old_site(tmp_path, seconds):
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitemap.xml").write_text("old", encoding="utf-8")
    command = [sys.executable, "-m", "scripts.build_site", str(site)]
    build = subprocess.Popen(command, cwd=ROOT, env=environment(), start_new_session=True, stdout=subprocess.DEVNULL)

    time.sleep(seconds)
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()

    whole = (site / "404.html").is_file() and (site / "_headers").is_file()
    assert whole or [path.name for path in site.iterdir()] == ["sitemap.xml"]
