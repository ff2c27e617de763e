"""How fast the build is, as ratios in one run; `make bench` prints them, no test asserts a time."""

from catalog import packages

packages.tell_what_is_missing()
