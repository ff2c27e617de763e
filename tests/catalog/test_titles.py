"""Two records of one paper are found by their titles; two papers are not taken for one."""

import pytest

from catalog.titles import near_titles, titles_in_other_endings, titles_that_go_on

SAME = [
    ("Zero-Shot 3D Shape Sketch View Similarity", "Zero Shot 3D Shape: Sketch View Similarity"),
    ("Point Cloud Upsamping with Fast Point Rendering", "Point Cloud Upsampling with Fast Point Rendering"),
    ("Fast Gaussian Splatting of Drawings", "Fast Gaussian Splattings of Drawings"),
    ("Poincaré Embeddings for Learned Images", "Poincare Embeddings for Learned Images"),
    ("The Unreasonable Sharpness of Strokes", "Unreasonable Sharpness of Strokes"),
    ("Learning to Sharpen Small Pictures", "Learning Sharpen Small Pictures"),
    ("Learning to Sharpen Small Pictures", "Learning to Sharpne Small Pictures"),
    ("Attention Is All You Need", "Attention is all you need."),
    ("Unbounded Compression with 15x Reduction", "Unbounded Compression with 15× Reduction"),
    (
        "Learning Continuous Image Representation with Local Functions",
        "Lerning Continuous Image Representation with Local Funtions",
    ),
    (
        "Learning Continuous Image Representation with Local Functions",
        "Learning Continuous Image Reprezentasion with Local Functions",
    ),
    ("Ａttention Is All You Need", "Attention Is All You Need"),
]
DIFFERENT = [
    ("Point Transformer V2: Simpler and Faster", "Point Transformer V3: Simpler and Faster"),
    ("2D Shape Sketch Similarity and Retrieval", "3D Shape Sketch Similarity and Retrieval"),
    ("Foundations of Image Restoration, Part I", "Foundations of Image Restoration, Part II"),
    ("Foundations of Image Restoration, Plan A", "Foundations of Image Restoration, Plan B"),
    ("Foundations of Image Restoration, Plan A", "Foundations of Image Restoration, Plan"),
    ("MobileNets", "MobileNext"),
    ("ResNet", "ResNeSt"),
    ("Sharp Features: Small Pictures Made Clear", "Sharp Features: Large Pictures Made Clear"),
    ("Unpaired Translation of Small Pictures into Large Ones", "Paired Translation of Small Pictures into Large Ones"),
    ("Restoration of Blurred Photographs with Small GANs", "Restoration of Blurred Photographs with Small CNNs"),
    ("Learning Shape from Photographs of Small Things", "Learning Space from Photographs of Small Thongs"),
    (
        "Learning Continuous Image Representation with Local Functions, Part I",
        "Learning Continuous Image Representation with Local Functions, Part II",
    ),
    ("1 GPU, 1 Minute, 16K Image Synthesis", "1 GPU, 1 Minute, 8K Image Synthesis"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_slip_of_the_pen_makes_no_other_paper(one, other):
    assert list(near_titles({"a": one, "b": other})) == [("b", "a")]
    assert list(near_titles({"a": other, "b": one})) == [("b", "a")]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_titles_that_tell_two_papers_apart_are_left_alone(one, other):
    assert list(near_titles({"a": one, "b": other})) == []


def test_two_letters_are_found_wrong_in_a_title_of_two_words_among_many_such():
    many = [
        "Electroencephalographical Characterizations",
        "Neuropharmacological Counterdemonstrations",
        "Photolithographically Microminiaturization",
        "Magnetohydrodynamical Superconductivities",
        "Spectrophotometrically Internationalization",
    ]
    slip = "Spectrophotometrically Internasionalisation"

    assert list(near_titles({title: title for title in (*many, slip)})) == [(slip, many[-1])]


GOES_ON = [
    ("Light Splats", "Light Splats: Unbounded Compression"),
    ("Light Splats: Compression", "Light Splats: Compression: Part of a Whole"),
    ("Learning Continuous Representations", "Learning Continuous Representations with Local Functions"),
]
STOPS = [
    ("Sharp Features", "Sharp Features of Small Pictures"),  # as anybody might begin
    ("Foundations of Image Restoration, Plan", "Foundations of Image Restoration, Plan A"),
    ("Foundations of Image Restoration, Plans", "Foundations of Image Restoration, Plans 2"),
    ("Foundations of Image Restoration in Art", "Foundations of Image Restoration in Artefacts"),
]


@pytest.mark.parametrize(("one", "other"), GOES_ON)
def test_a_title_that_goes_on_where_another_ends_is_found(one, other):
    assert list(titles_that_go_on({"a": one, "b": other})) == [("b", "a")]
    assert list(titles_that_go_on({"a": other, "b": one})) == [("a", "b")]


@pytest.mark.parametrize(("one", "other"), STOPS)
def test_titles_that_begin_alike_are_left_alone(one, other):
    assert list(titles_that_go_on({"a": one, "b": other})) == []


OTHER_ENDINGS = [
    ("FeatSharp: Your Vision Model Features, Sharper", "FeatSharp: Your Vision Model Features, Sharpest"),
    ("FeatSharp: Your Vision Model Features, Sharper", "FeatSharp: Your Vision Model Features, Sharp"),
    ("Speeding Up Image Classifiers", "Speed Up Image Classifiers"),
]
OTHER_WORDS = [
    ("Sharpening Images", "Sharpened Images"),  # so little that an ending may tell two papers apart
    ("Point Transformer V2: Simpler and Faster", "Point Transformer V3: Simple and Fast"),
    ("Sharp Features: Small Pictures Made Clear", "Sharp Features: Large Pictures Made Clear"),
    ("Learning to Sharpen Small Pictures", "Learning to Sharpen Small Pictures."),  # told as one title
]


@pytest.mark.parametrize(("one", "other"), OTHER_ENDINGS)
def test_a_title_in_which_words_end_otherwise_is_found(one, other):
    assert list(titles_in_other_endings({"a": one, "b": other})) == [("b", "a")]
    assert list(titles_in_other_endings({"a": other, "b": one})) == [("b", "a")]


@pytest.mark.parametrize(("one", "other"), OTHER_WORDS)
def test_titles_in_other_words_are_left_alone(one, other):
    assert list(titles_in_other_endings({"a": one, "b": other})) == []
