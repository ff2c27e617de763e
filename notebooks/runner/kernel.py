"""Start the kernel of an essay, which ends without clearing itself away; used as python -m runner.kernel -f FILE.

When it is asked to end, threads are waited for and what cells gave to `atexit` is done, as in any kernel. What would
come after that closes sockets and frees memory beside threads that still run; rarely, that aborts, and a run that is
whole would look like one whose kernel died.
"""

from __future__ import annotations

import atexit
import os

from ipykernel.kernelapp import IPKernelApp


def main() -> None:
    """Serve until asked to end; then leave with status 0, or with 1 if that went wrong."""
    status = 1

    def leave() -> None:
        os._exit(status)

    app = IPKernelApp.instance()
    app.initialize()
    atexit.register(leave)  # after all that belongs to the kernel, and before anything of cells, which comes first then
    app.start()
    status = 0


if __name__ == "__main__":
    main()
