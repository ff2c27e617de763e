from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.expression_syntax import DEEPEST
from catalog.expressions import ExpressionError, Quantity, evaluate, format_quantity, parse
from catalog.records import Metric


def metric(unit="", digits=2):
    return Metric(title="T", says="S.", unit=unit, better="neither", digits=digits)


def reported(name, value):
    return SimpleNamespace(metric=name, value=value, says=None, method=None, dataset="Faces", where="Table 1")


def result(name, value, unit):
    return SimpleNamespace(metric=name, value=value, unit=unit, says="What it is.", kind="exact")


RESULTS = {
    "sharp": result("psnr", 27.5, "dB"),
    "plain": result("psnr", 26.94, "dB"),
    "gain": result("psnr_gain", 0.56, "dB"),
    "size": result("megabytes", 45.0, "MB"),
    "likeness": result("ssim", 0.75, ""),
    "none": result("psnr_gain", -0.001, "dB"),
}
METRICS = {
    "psnr": metric("dB"),
    "psnr_gain": metric("dB"),
    "megabytes": metric("MB", 1),
    "ssim": metric(digits=3),
    "ratio": metric("×"),
    "parameters": metric(digits=0),
}


class Things(SimpleNamespace):
    """What stands for a catalog, which is itself alone."""

    __eq__, __hash__ = object.__eq__, object.__hash__


CATALOG = Things(
    runs={
        "run-1": SimpleNamespace(id="run-1", results=RESULTS),
        "other": SimpleNamespace(id="other", results=RESULTS),
    },
    unreadable_runs=frozenset(),
    papers={
        "light-net": SimpleNamespace(
            reported={"size-before": reported("megabytes", 782.0), "weights": reported("parameters", 15_614_497)},
            notebook=None,
        )
    },
    models={"far-net": SimpleNamespace(reported={"size": reported("megabytes", 3.0)}, notebook=None)},
    vocabulary=SimpleNamespace(metrics=METRICS),
    questions={"q": SimpleNamespace(models={}, papers={"light-net": None}, notebook="run-1")},
    knows_all_offered=lambda _: True,
)


def value(text):
    return evaluate(parse(text), CATALOG).value


def shown(text):
    return format_quantity(evaluate(parse(text), CATALOG))


def error(text, question=None):
    with pytest.raises(ExpressionError) as caught:
        evaluate(parse(text), CATALOG, question)
    return caught.value.column, caught.value.message


# --- numbers ---------------------------------------------------------------------------------------------------------

numbers = st.integers(-50, 50).map(float)
sums = st.recursive(
    st.integers(0, 50).map(str),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"-{text}"),
        inner.map(lambda text: f"abs({text})"),
    ),
    max_leaves=12,
)


@given(sums)
def test_arithmetic_is_that_of_python(text):
    assert value(text) == pytest.approx(eval(text))  # noqa: S307  (the text is made here, of digits and signs)


@given(st.lists(st.sampled_from(["2 + 3", "2 * 3", "12 / 4", "7 - 5"]), min_size=2, max_size=6), st.data())
def test_products_bind_before_sums_and_both_run_from_left_to_right(parts, data):
    text = parts[0]
    for part in parts[1:]:
        text += f" {data.draw(st.sampled_from(['+', '-', '*', '/']))} {part}"
    assert value(text) == pytest.approx(eval(text))  # noqa: S307


@given(numbers, numbers)
def test_comparisons_are_those_of_python(a, b):
    for sign in ("<", "<=", ">", ">=", "==", "!="):
        assert value(f"({a:g}) {sign} ({b:g})") is eval(f"({a}) {sign} ({b})")  # noqa: S307


def test_rounding_does_not_decide_a_comparison():
    assert value("0.1 + 0.2 == 0.3") is True
    assert value("0.1 + 0.2 <= 0.3") is True
    assert value("0.1 + 0.2 > 0.3") is False


def test_typographic_signs_mean_the_same():
    assert value("6 × 7 ÷ 2 − 1") == value("6 * 7 / 2 - 1") == 20


def test_and_binds_before_or_and_not_before_both():
    assert value("1 < 2 or 1 < 2 and 2 < 1") is True
    assert value("not 1 < 2 or 2 < 3") is True
    assert value("not (1 < 2 or 2 < 3)") is False


# --- terms and units -------------------------------------------------------------------------------------------------


def test_a_name_binds_its_hyphens_and_a_minus_has_spaces():
    assert value("light-net@size-before - run-1.size") == 737
    assert error("run-1.sharp -run-1.plain") == (13, "a minus between two values needs a space on each side")
    assert error("2-1")[0] == 2
    assert "has no such result" in error("run-1.sharp-2")[1]


def test_a_difference_of_two_psnr_is_a_gain_with_its_sign():
    assert shown("run-1.sharp - run-1.plain") == "+0.56\u202fdB"
    assert shown("run-1.plain - run-1.sharp") == "−0.56\u202fdB"
    assert shown("abs(run-1.plain - run-1.sharp)") == "0.56\u202fdB"
    assert shown("run-1.plain + run-1.gain") == "27.50\u202fdB"


@pytest.mark.parametrize(
    ("says", "printed"),
    [
        ("One minus another: standard error of that mean.", "0.22\u202fdB"),
        ("One minus another: its standard error.", "0.22\u202fdB"),
        ("One minus another: standard error, cloud by cloud, 0.1.", "+0.22\u202fdB"),
        ("One minus another.", "+0.22\u202fdB"),
    ],
)
def test_the_standard_error_of_a_gain_has_no_sign(says, printed):
    assert format_quantity(Quantity(0.22, "psnr_gain", "dB", 2, says=says)) == printed


def test_a_ratio_of_the_same_unit_is_plain():
    assert shown("light-net@size-before / run-1.size") == "17.38×"
    assert shown("run-1.sharp / run-1.sharp") == "1.00×"


def test_a_typed_number_has_the_unit_of_what_it_meets():
    assert value("run-1.gain > 0.2") is True
    assert shown("2 * run-1.size") == "90.0\u202fMB"
    assert shown("run-1.size / 2") == "22.5\u202fMB"


def test_numbers_print_as_their_metric_says():
    assert shown("run-1.likeness") == "0.750"
    assert shown("light-net@weights") == "15,614,497"
    assert shown("run-1.none") == "0.00\u202fdB"
    assert format_quantity(Quantity(12345.6, "megabytes", "MB", 1)) == "12,345.6\u202fMB"


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("run-1.gain + run-1.size", 12),
        ("run-1.gain < run-1.size", 12),
        ("run-1.gain * run-1.size", 12),
        ("run-1.gain / run-1.size", 12),
        ("1 / run-1.size", 3),
        ("run-1.gain / (1 - 1)", 12),
        ("(1 < 2) + 1", 4),
        ("run-1.gain and 1 < 2", 1),
        ("1e300 * 1e300", 7),
    ],
)
def test_what_cannot_be_computed_is_told_at_its_column(text, column):
    assert error(text)[0] == column


def test_what_is_unknown_is_told_with_what_was_meant():
    assert error("1 + run-1.gains") == (5, 'the run of "run-1" has no such result (got gains); did you mean "gain"?')
    assert "there is no run" in error("run-2.gain")[1]
    assert error("light-net@size-befor")[1].endswith('did you mean "size-before"?')
    assert "is no model or paper" in error("dark-net@size")[1]


def test_a_question_computes_only_with_what_was_offered_for_it():
    assert evaluate(parse("run-1.gain"), CATALOG, "q").value == 0.56
    assert evaluate(parse("light-net@size-before"), CATALOG, "q").value == 782
    assert "not the notebook of this question" in error("other.gain", "q")[1]
    assert "was not offered" in error("far-net@size", "q")[1]


def test_an_expression_names_each_result_once_with_its_value():
    quantity = evaluate(parse("run-1.sharp - run-1.plain + run-1.sharp"), CATALOG)
    assert [(str(term), term.value) for term in quantity.terms] == [("run-1.sharp", 27.5), ("run-1.plain", 26.94)]


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "  ", "(", "1 +", "1 2", "a", "a.", "1 < 2 < 3", "abs 1", "()", "1 ** 2", "__import__('os')", "a.b.c", "a&b",
     "9" * 400, "1" * 600, "(" * 200, "- " * 200 + "1", "not " * 100 + "1 < 2", "a@b@c", "a .b", "and", "1 == "],
)  # fmt: skip
def test_what_is_no_expression_is_refused_at_a_column(text):
    column, message = error(text)
    assert 1 <= column <= len(text) + 1
    assert message


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("1 < 2 < 3", 7, 'compare two values at a time; join comparisons by "and"'),
        ("1 < 2 + 3 == 4", 11, 'compare two values at a time; join comparisons by "and"'),
        ("1 + not 1 < 2", 5, 'a number, a result or a parenthesis is wanted here (got "not")'),
        ("1 < not 1 < 2", 5, 'a number, a result or a parenthesis is wanted here (got "not")'),
        ("2 -1", 3, "a minus between two values needs a space on each side"),
        ("2- 1", 2, "a minus between two values needs a space on each side"),
    ],
)
def test_what_an_operator_cannot_stand_beside_is_told_as_that(text, column, message):
    assert error(text) == (column, message)


@pytest.mark.parametrize(
    ("nested", "most"),
    [
        (lambda levels: "- " * levels + "1", DEEPEST),
        (lambda levels: "not " * levels + "1 < 2", DEEPEST),
        (lambda levels: "(" * levels + "1" + ")" * levels, DEEPEST - 1),  # the whole is an expression, too
    ],
    ids=["-", "not", "()"],
)
def test_an_expression_is_nested_as_deep_as_it_may_be_and_no_deeper(nested, most):
    assert parse(nested(most)).text == nested(most)
    assert error(nested(most + 1))[1] == f"the expression is nested deeper than {DEEPEST}"


def test_parentheses_that_stand_beside_each_other_are_not_nested():
    assert value(" + ".join(["(1)"] * 60)) == 60


@given(st.text(st.sampled_from("ab1.@-+*/()<>=! notrd×÷−&'\""), max_size=60))
def test_any_text_is_an_expression_or_refused(text):
    column = 1
    try:
        evaluate(parse(text), CATALOG)
    except ExpressionError as refused:
        column = refused.column
    assert 1 <= column <= len(text) + 1


def test_a_long_sum_is_computed():
    assert value("+".join(["1"] * 250)) == 250
