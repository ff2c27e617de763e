"""The real site, built once for all tests that look at it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@cache
def built_site(config: str = "mkdocs.yml") -> Path:
    """Return the folder of the site that `scripts.build_site` makes of the real catalog."""
    folder = Path(tempfile.mkdtemp(prefix="site-")) / "site"
    command = [sys.executable, "-m", "scripts.build_site", str(folder), "--config", str(ROOT / config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a command, without what the site's address depends on."""
    kept = {name: value for name, value in os.environ.items() if name not in ("SITE_URL", "REPO_URL")}
    return {**kept, "NO_MKDOCS_2_WARNING": "1", **more}
