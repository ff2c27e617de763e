"""The commands; where a package is not installed, each of them ends with one sentence that says so."""

from catalog import packages

packages.tell_what_is_missing()
