"""Wait for what a page does in its own time."""

import time

from tests.patience import PATIENCE


def until(tab, script, arg=None):
    """Wait until a script is true of a page.

    It is asked again and again from outside: the site's policy allows no code from text, with which a page would have
    to ask itself.
    """
    ends = time.monotonic() + PATIENCE
    while not tab.evaluate(script, arg):
        assert time.monotonic() < ends, f"it never came true: {script}"
        tab.wait_for_timeout(50)
