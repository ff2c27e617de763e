"""Code that cannot be parsed is told in a sentence, whichever part of it cannot."""

import pytest

from catalog.imported_code import Code

ESSAYS = {
    "whole": "x = = 1\n",
    "by its cells alone": 'if True:\n# %% tags=["parameters"]\n    seed = 1\n',
    "too deep": "x = " + "1 + " * 1900 + "1\n",
}


@pytest.mark.parametrize("text", ESSAYS.values(), ids=ESSAYS)
def test_an_essay_that_cannot_be_parsed_is_named(tmp_path, text):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "essay.py").write_text(text)
    with pytest.raises(ValueError, match=r"^essay\.py cannot be parsed"):
        Code(tmp_path).essay("essay.py")
