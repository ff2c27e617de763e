"""What would keep a build for minutes ends, and its file is named."""

import contextlib
import signal
import threading
import time

import pytest

from catalog.costly import LONGEST, costly
from catalog.problems import CatalogError
from hooks.deadline import deadline
from hooks.prose import plain_text, render

FILE = "catalog/questions/slow.md"
COSTLY = (  # once each of these took a build seconds, minutes or all of Python's stack
    *("[a](http://b ", "[a](<http://b ", "[a](http://b 'c ", "<http://a.b ", "\\(a ", "\\[a ", "- ", "> ", "> - "),
    *("1. ", "    - ", "[", "[a ", "![a](run:b/c", "[a][b ", "``a\\", "``a```", "`a `` "),
)
CHEAP = (
    *("*a ", "_a ", "***a** ", "*a **b ", "*a*b", "$a ", "&a;", "\\", "|a", "|\n", "# a\n\n", "### a\n\n", "[a] "),
    *("- a\n\n", "* a\n", "- a\n\n    b\n\n", "a\n- b\n", "a  \n", "***\n\n", "~~~\na\n~~~\n\n", "a: b\n"),
    *(
        "a_b_",
        "<b>",
        "[^1] ",
        "*[a]",
        "(",
        "'a",
        "é",
        "* * a\n",
        "> a\n",
        "[a]: http://b\n",
        "---\n- ",
        "|a|b|\n|-|-|\n",
    ),
)


def work(seconds):
    """Keep the processor busy."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_what_takes_too_long_ends_and_names_its_file():
    said = f"^{FILE}:1:1: showing this takes more than 0.05 seconds; shorten it"
    with pytest.raises(CatalogError, match=said), deadline(FILE, 0.05):
        work(20)


def test_a_library_that_swallows_the_signal_gains_nothing():
    with pytest.raises(CatalogError, match=FILE), deadline(FILE, 0.05), contextlib.suppress(CatalogError):
        work(20)


def test_the_time_of_an_inner_deadline_is_its_own():
    with deadline(FILE, 0.2), deadline("notebooks/long.py", 20):
        work(0.3)


def test_an_inner_deadline_leaves_the_outer_one_running():
    with pytest.raises(CatalogError, match=FILE), deadline(FILE, 0.1):
        work_twice()


def work_twice():
    """Work a little within a deadline of its own, then without."""
    with deadline("notebooks/short.py", 20):
        work(0.01)
    work(20)


def test_afterwards_nothing_is_armed():
    before = signal.getsignal(signal.SIGVTALRM)
    with deadline(FILE):
        pass

    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_a_thread_that_cannot_be_interrupted_goes_on():
    done = []

    def inside():
        with deadline(FILE, 0.01):
            work(0.05)
        done.append(True)

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert done == [True]


@pytest.mark.parametrize("unit", COSTLY)
def test_what_markdown_takes_long_to_read_is_refused(unit):
    assert list(costly(text_of(unit))) != []


@pytest.mark.parametrize("unit", CHEAP)
def test_what_is_not_refused_is_shown_in_time(unit):
    text = text_of(unit)

    assert list(costly(text)) == []
    with deadline(FILE):
        render(text, "task")
        plain_text(text)


@pytest.mark.parametrize("unit", [*COSTLY, *CHEAP])
def test_every_text_is_shown_though_it_is_refused(unit):
    assert render(text_of(unit)[:4000], "task").html


def test_a_text_that_ended_halfway_leaves_no_trace_in_the_next():
    before = render("one\n\n<i>two</i>", "task").html
    render("- x\n" + "    - " * 2000, "task")

    assert render("one\n\n<i>two</i>", "task").html == before


def text_of(unit):
    """Return the longest text that repeats a unit."""
    return f"Text.\n\n{unit * LONGEST}"[:LONGEST]
