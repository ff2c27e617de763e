"""Where nobody reads on, as in `COMMAND | head -1`, a command ends without a traceback."""

import os
import subprocess
import sys

import pytest

from tests.built_site import ROOT

MUCH = "import scripts\nfor n in range(20_000): print(n, file=stream)"  # more than a pipe holds
LITTLE = "import scripts\nprint(1, file=stream)"  # what Python writes out at its end
CODE = "import sys\nstream = sys.{stream}\n{rest}\n"


def ended(code, stream):
    """Run code whose stream nobody reads; return its status, with what it wrote to the other one."""
    process = subprocess.Popen(
        [sys.executable, "-c", CODE.format(stream=stream, rest=code)],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": ""},  # so that Python keeps a little until its end
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    getattr(process, stream).close()
    other = getattr(process, "stderr" if stream == "stdout" else "stdout")
    with other:
        said = other.read()
    return process.wait(), said


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_program_that_prints_more_than_anybody_reads_ends_without_a_word(stream):
    assert ended(MUCH, stream) == (1, b"")


def test_what_is_left_to_print_at_the_end_changes_no_status():
    assert ended(LITTLE, "stdout") == (0, b"")


def test_a_real_command_ends_without_a_traceback():
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.export_prompt", "fine-text-2x"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    with process.stderr as errors:
        assert errors.read() == b""
    process.wait()


def test_another_pipe_that_breaks_is_still_told():
    """Only what is printed may lead nowhere."""
    code = (
        "import scripts, os\nend, begin = os.pipe()\nos.close(end)\n"
        "with open(begin, 'wb', buffering=0) as file: file.write(b'x')"
    )
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 1
    assert process.stderr.endswith("BrokenPipeError: [Errno 32] Broken pipe\n")
