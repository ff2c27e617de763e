import pytest

from catalog.counted import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "no errors"), (1, "1 error"), (2, "2 errors"), (1024, "1,024 errors"), (-1, "-1 errors")]
)
def test_a_noun_agrees_with_its_number(number, words):
    assert counted(number, "error") == words
