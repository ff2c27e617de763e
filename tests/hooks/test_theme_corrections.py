"""Each correction of the theme still has something to correct."""

import pytest

from hooks.theme_corrections import CORRECTIONS, corrected
from tests.html_pages import FinishedPage


def test_a_correction_is_made():
    wrong, right = CORRECTIONS[0]

    assert corrected(f"<input {wrong}>") == f"<input {right}>"


def test_a_page_without_faults_stays_as_it_is():
    page = '<input type="text" autocomplete="off"><p tabindex="0">'

    assert corrected(page) == page


@pytest.mark.parametrize("wrong", [wrong for wrong, _ in CORRECTIONS])
def test_what_is_replaced_is_markup_and_never_the_text_of_a_page(wrong):
    assert '"' in wrong
    assert FinishedPage(f"<a {wrong}>").elements
