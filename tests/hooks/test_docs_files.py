"""docs/ is published as it is, so only known kinds of file may lie there."""

from hooks.docs_files import unexpected_files


def test_a_stray_file_is_a_problem_with_its_path(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "style.css").touch()
    (docs / "page.html").touch()

    [problem] = unexpected_files(docs, tmp_path)

    assert str(problem).startswith("docs/page.html:1:1: is no kind of file that may be published")


def test_a_link_to_elsewhere_is_a_problem(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (tmp_path / "secret.txt").touch()
    (docs / "note.txt").symlink_to(tmp_path / "secret.txt")

    [problem] = unexpected_files(docs, tmp_path)

    assert "symbolic link" in problem.message


def test_known_kinds_are_no_problem(tmp_path):
    docs = tmp_path / "docs" / "assets"
    docs.mkdir(parents=True)
    for name in ("a.css", "a.js", "a.svg", "a.PNG", "a.woff2", "LICENSE.txt"):
        (docs / name).touch()

    assert list(unexpected_files(tmp_path / "docs", tmp_path)) == []
