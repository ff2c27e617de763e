"""The commands; where a package is not installed, or nobody reads on, each of them ends without a traceback."""

from catalog import closed_pipe, packages

packages.tell_what_is_missing()
closed_pipe.end_quietly()
