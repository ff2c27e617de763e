from hypothesis import given
from hypothesis import strategies as st

from catalog.links import abstract_link, arxiv_id, compare_form, github_repository, https_form


def test_only_the_scheme_of_an_address_is_made_safe():
    assert https_form("http://arxiv.org/pdf/2501.00001v1.pdf") == "https://arxiv.org/pdf/2501.00001v1.pdf"
    assert https_form("https://a.org/http://b") == "https://a.org/http://b"


def test_an_arxiv_id_is_found_in_every_address_that_shows_the_paper():
    for link in (
        "http://arxiv.org/pdf/2501.00001v12.pdf",
        "https://www.arxiv.org/abs/2501.00001?context=cs#top",
        "arxiv.org/html/2501.00001v2",
        "https://huggingface.co/papers/2501.00001",
        "https://doi.org/10.48550/arXiv.2501.00001",
        "https://ArXiv.org/pdf/2501.00001",
    ):
        assert arxiv_id(link) == "2501.00001", link


def test_a_host_that_only_sounds_like_arxiv_is_not_arxiv():
    for link in ("https://arxiv.org.evil.com/abs/2501.00001", "https://evil.com/arxiv.org/abs/2501.00001", None, ""):
        assert arxiv_id(link) is None
    assert abstract_link("https://cg.example.edu/net.pdf") is None


def test_the_abstract_page_has_no_version():
    assert abstract_link("http://arxiv.org/pdf/2501.00001v3.pdf") == "https://arxiv.org/abs/2501.00001"


def test_a_repository_is_the_first_two_names_of_its_address():
    assert github_repository("https://github.com/Clear-Lab/net.git") == "Clear-Lab/net"
    assert github_repository("https://github.com/Clear-Lab/net/blob/main/a.py") == "Clear-Lab/net"
    assert github_repository("https://github.com/Clear-Lab") is None
    assert github_repository("https://gitlab.com/Clear-Lab/net") is None


@given(
    st.sampled_from(["http://", "https://", "//", "HTTPS://", ""]),
    st.sampled_from(["", "www."]),
    st.sampled_from(["", "/", "?a=1", "#top"]),
    st.sampled_from(["github.com/Lab/Net", "arxiv.org/abs/2501.00001v2", "example.org/A/b.pdf"]),
)
def test_the_spelling_of_an_address_does_not_change_where_it_leads(scheme, www, tail, place):
    assert compare_form(scheme + www + place + tail) == compare_form("https://" + place.lower())


@given(st.text(max_size=60))
def test_any_text_has_a_spelling_to_compare(text):
    assert compare_form(text) == compare_form(text)


def test_different_places_stay_different():
    places = ["github.com/a/b", "github.com/a/c", "arxiv.org/abs/2501.00001", "arxiv.org/abs/2501.00002", "a.org/b"]
    assert len({compare_form("https://" + place) for place in places}) == len(places)
