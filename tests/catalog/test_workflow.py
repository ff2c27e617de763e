"""A workflow as written becomes one typed graph, whatever the order of writing, or a list of its mistakes."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from catalog import workflow
from catalog.graph import behind
from catalog.shapes import describe
from catalog.wiring import in_order
from catalog.workflow import build, spec_digest, step_lines
from tests.catalog.small_world import PATIENT, question, world

WORLD = world()
FREE = "{task: image-to-image, from: image, to: image, about: photographs}"  # asks for no size


def graph_of(text, asks=FREE, catalog=WORLD):
    graph, problems = build(question(text, asks=asks), catalog)
    assert [str(problem) for problem in problems] == []
    return graph


def mistakes(text, asks=FREE, catalog=WORLD):
    graph, problems = build(question(text, asks=asks), catalog)
    assert graph is None
    return [f"{problem.field}: {problem.message}" for problem in problems]


def shape_out(graph, name):
    (value,) = graph.node(name).outputs.values()
    return describe(value.shape) if value.shape else None


CHAIN = """
inputs: {sketch: {type: image, label: "A sketch"}}
steps:
  enlarge: {run: bicubic, takes: sketch, with: {s: 4}}
  sharpen: {run: steadier, takes: enlarge}
outputs: {poster: {from: sharpen, label: "A poster"}}
"""
DIAMOND = """
inputs: {photo: {type: image, label: "A photo"}}
steps:
  above: {run: bicubic, takes: photo}
  below: {run: doubler, takes: photo}
  mix: {run: blend, takes: {first: above, second: below}, label: "Half of each"}
outputs:
  mixed: {from: mix, label: "The mean"}
  plain: {from: above, label: "Without learning"}
"""
TWO_INPUTS = """
inputs:
  photo: {type: image, label: "A photo"}
  words: {type: text, label: "What to paint"}
steps:
  enlarge: {run: bicubic, takes: photo, with: {s: 12}}
  repaint: {run: painter.repaint, takes: {image: enlarge, prompt: words}, with: {strength: 0.5}}
outputs: {large: {from: repaint, label: "Large"}}
"""
SPLIT = """
inputs: {photo: {type: image, label: "A photo"}}
steps:
  apart: {run: split, takes: photo}
  together: {run: join, takes: {light: apart.light, colour: apart.colour}}
outputs: {again: {from: together, label: "The same photo"}}
"""


# --- graphs ----------------------------------------------------------------------------------------------------------


def test_a_chain_carries_the_size_from_step_to_step():
    graph = graph_of(CHAIN, asks="{task: super-resolution, from: image, to: image, scale: 4, about: photographs}")

    assert [(edge.source, edge.target, describe(edge.shape)) for edge in graph.edges] == [
        ("sketch", "enlarge", "3 x H x W"),
        ("enlarge", "sharpen", "3 x 4H x 4W"),
        ("sharpen", "poster", "3 x 4H x 4W"),
    ]
    assert [node.kind for node in graph.nodes] == ["input", "operation", "model", "output"]


def test_branches_join_where_their_sizes_agree():
    graph = graph_of(DIAMOND)

    assert [node.name for node in graph.nodes] == ["photo", "above", "below", "mix", "mixed", "plain"]
    assert {edge.target_port: edge.source for edge in graph.into("mix")} == {"first": "above", "second": "below"}
    assert shape_out(graph, "mix") == "3 x 2H x 2W"
    assert graph.upstream("mixed") == {"photo", "above", "below", "mix"}


def test_a_use_that_is_not_hosted_says_where_it_is_documented():
    node = graph_of(TWO_INPUTS).node("repaint")

    assert (node.record_id, node.use, node.hosted, node.source) == ("painter", "repaint", False, "repository, README")
    assert {port: value.type for port, value in node.inputs.items()} == {"image": "image", "prompt": "text"}


def test_a_step_that_gives_several_things_gives_each_by_its_port():
    graph = graph_of(SPLIT)

    assert {port: describe(value.shape) for port, value in graph.node("apart").outputs.items()} == {
        "light": "1 x H x W",
        "colour": "2 x H/2 x W/2",
    }
    assert shape_out(graph, "together") == "3 x H x W"


def test_a_step_has_all_its_settings_the_defaults_included():
    assert graph_of(DIAMOND).node("above").settings == {"s": 2}


def test_a_fractional_factor_stays_exact():
    text = CHAIN.replace("{s: 4}", "{s: 0.1}").replace(
        "steadier, takes: enlarge", "bicubic, takes: enlarge, with: {s: 10}"
    )
    assert shape_out(graph_of(text), "sharpen") == "3 x H x W"


def test_pictures_whose_records_give_no_shape_have_sizes_of_their_own():
    text = """
        inputs: {left: {type: image, label: "Left"}, right: {type: image, label: "Right"}}
        steps: {mix: {run: blend, takes: {first: left, second: right}}}
        outputs: {mixed: {from: mix, label: "Mixed"}}
        """
    assert mistakes(text) == [
        'workflow.steps.mix.takes.second: step "mix" takes 3 x H x W here, but "right" gives 3 x H2 x W2; '
        "let both have one size and number of channels"
    ]
    same = text.replace("{type: image,", "{type: image, shape: [3, H, W],")
    assert shape_out(graph_of(same), "mix") == "3 x H x W"


def test_after_sizes_that_do_not_fit_no_later_size_is_guessed():
    """Otherwise one mistake would be told again at every step that follows."""
    text = """
        inputs: {photo: {type: image, label: "A photo"}}
        steps:
          large: {run: bicubic, takes: photo}
          mix: {run: blend, takes: {first: large, second: photo}}
          again: {run: blend, takes: {first: mix, second: photo}}
        outputs: {mixed: {from: again, label: "Mixed"}}
        """
    assert mistakes(text) == [
        'workflow.steps.mix.takes.second: step "mix" takes 3 x 2H x 2W here, but "photo" gives 3 x H x W; '
        "let both have one size and number of channels"
    ]


def test_fresh_letters_avoid_those_that_an_input_uses():
    text = """
        inputs: {left: {type: image, shape: [3, H, 2*H], label: "Left"}, right: {type: image, label: "Right"}}
        steps: {a: {run: bicubic, takes: left}, b: {run: bicubic, takes: right}}
        outputs: {one: {from: a, label: "One"}, two: {from: b, label: "Two"}}
        """
    graph = graph_of(text)
    assert (shape_out(graph, "a"), shape_out(graph, "b")) == ("3 x 2H x 4H", "3 x 2·H2 x 2·W2")


def test_letters_do_not_hang_on_the_order_in_which_inputs_are_written():
    text = """
        inputs: {INPUTS}
        steps: {a: {run: bicubic, takes: left}, b: {run: bicubic, takes: right}}
        outputs: {one: {from: a, label: "One"}, two: {from: b, label: "Two"}}
        """
    left, right = '{left: {type: image, label: "Left"}', 'right: {type: image, label: "Right"}}'
    swapped = f"{{{right[:-1]}, {left[1:]}}}"
    assert graph_of(text.replace("{INPUTS}", f"{left}, {right}")) == graph_of(text.replace("{INPUTS}", swapped))


def test_where_nobody_says_a_size_none_is_shown_and_none_is_checked():
    text = CHAIN.replace("run: bicubic, takes: sketch, with: {s: 4}", "run: crop, takes: sketch")
    graph = graph_of(text)
    assert (shape_out(graph, "enlarge"), shape_out(graph, "sharpen")) == (None, None)


def test_a_question_without_a_workflow_has_neither_graph_nor_problems():
    assert build(question(None), WORLD) == (None, [])


def test_a_draft_that_does_not_say_what_it_asks_has_a_graph_all_the_same():
    assert build(question(CHAIN, asks=None), WORLD)[0] is not None


def test_two_models_in_a_row_reach_a_scale_together():
    text = CHAIN.replace("run: bicubic, takes: sketch, with: {s: 4}", "run: doubler, takes: sketch").replace(
        "run: steadier, takes: enlarge", "run: doubler, takes: enlarge"
    )
    graph_of(text, asks="{task: super-resolution, from: image, to: image, scale: 4, about: photographs}")


def test_one_of_several_outputs_may_have_the_asked_size():
    """The others show what happens on the way."""
    text = DIAMOND.replace("from: mix,", "from: big,").replace(
        'label: "Half of each"}', 'label: "Half of each"}\n  big: {run: bicubic, takes: mix, with: {s: 2}}'
    )
    graph_of(text, asks="{task: super-resolution, from: image, to: image, scale: 4, about: photographs}")


# --- order of writing ------------------------------------------------------------------------------------------------


def shuffled(spec, draw):
    """Return the same workflow with its inputs, steps, outputs and ports written in another order."""
    written = {part: list(getattr(spec, part).items()) for part in ("inputs", "steps", "outputs")}
    parts = {part: dict(draw(st.permutations(entries))) for part, entries in written.items()}
    for name, step in parts["steps"].items():
        if not isinstance(step.takes, str):
            takes = dict(draw(st.permutations(list(step.takes.items()))))
            parts["steps"][name] = step.model_copy(update={"takes": takes})
    return spec.model_copy(update=parts)


@st.composite
def acyclic(draw):
    """Draw a workflow in which each step takes from the input or earlier steps, its names in no order."""
    names = draw(
        st.lists(st.sampled_from([a + b for a in "abcdefgh" for b in "xyz"]), min_size=2, max_size=9, unique=True)
    )
    lines = [f'inputs: {{{names[0]}: {{type: image, label: "In"}}}}', "steps:"]
    for number, name in enumerate(names[1:], start=1):
        one, two = (names[draw(st.integers(0, number - 1))] for _ in range(2))
        joins = draw(st.booleans())
        lines.append(
            f"  {name}: "
            + (
                f"{{run: blend, takes: {{first: {one}, second: {two}}}}}"
                if joins
                else f"{{run: steadier, takes: {one}}}"
            )
        )
    lines.append("outputs:")
    lines += [f'  out-{name}: {{from: {name}, label: "Out"}}' for name in names[1:]]
    return "\n".join(lines)


@PATIENT
@given(acyclic(), st.data())
def test_the_order_of_writing_changes_neither_graph_nor_digest(text, data):
    written = question(text, asks=None)
    rewritten = written.model_copy(update={"workflow": shuffled(written.workflow, data.draw)})
    first, _ = build(written, WORLD)
    second, _ = build(rewritten, WORLD)

    assert first == second
    assert first.digest == spec_digest(rewritten)
    places = {node.name: place for place, node in enumerate(first.nodes)}
    assert all(places[edge.source] < places[edge.target] for edge in first.edges)


def test_labels_change_no_digest_and_settings_do():
    digest = spec_digest(question(CHAIN))
    assert spec_digest(question(CHAIN.replace("A sketch", "A drawing"))) == digest
    assert spec_digest(question(CHAIN.replace("s: 4", "s: 4.0"))) == digest
    assert spec_digest(question(CHAIN.replace("s: 4", "s: 3"))) != digest
    assert spec_digest(question(CHAIN.replace("run: bicubic", "run: doubler"))) != digest


TAKES = st.dictionaries(st.sampled_from("abcdefg"), st.sets(st.sampled_from("abcdefgxy"), max_size=3), max_size=7)


@PATIENT
@given(TAKES)
def test_steps_are_ordered_or_stand_in_a_circle(takes):
    order, circles = in_order(takes)

    assert sorted(order + [name for circle in circles for name in circle]) == sorted(takes)
    for circle in circles:
        assert all(before in takes[after] for before, after in zip(circle, circle[1:] + circle[:1], strict=True))
        assert circle[0] == min(circle)
    in_circles = {name for circle in circles for name in circle}
    for place, name in enumerate(order):
        assert takes[name] & takes.keys() <= set(order[:place]) | in_circles


@PATIENT
@given(TAKES)
def test_what_lies_behind_a_name_is_all_from_which_a_way_leads_to_it(takes):
    connections = [(source, target) for target, sources in takes.items() for source in sources]
    for target, sources in takes.items():
        assert behind(target, connections) == frozenset(sources).union(*(behind(s, connections) for s in sources))


# --- mistakes that the case files do not hold ------------------------------------------------------------------------


def test_a_size_deciding_setting_may_not_be_zero_or_endless():
    catalog = world(
        operations="""
        stretch:
          title: Stretch
          says: "Any factor."
          inputs: {image: {type: image, shape: [3, H, W]}}
          outputs: {image: {type: image, shape: [3, k*H, k*W]}}
          settings: {k: {type: number, says: "Factor."}}
        """
    )
    for value in ("0", "-2", "10000000", "0.0000001"):
        text = CHAIN.replace(
            "run: bicubic, takes: sketch, with: {s: 4}", f"run: stretch, takes: sketch, with: {{k: {value}}}"
        )
        (message,) = mistakes(text, catalog=catalog)
        assert message.startswith('workflow.steps.enlarge.with.k: step "enlarge": "k" decides the size of a picture')


def test_sixty_steps_of_the_largest_factor_are_shown_without_fail():
    steps = "\n".join(
        f"  s{n}: {{run: bicubic, takes: {f's{n - 1}' if n else 'a'}, with: {{s: 999999.9}}}}" for n in range(58)
    )
    text = f'inputs: {{a: {{type: image, label: "A"}}}}\nsteps:\n{steps}\noutputs: {{z: {{from: s57, label: "Z"}}}}'
    assert len(graph_of(text).nodes) == 60


def test_a_diagram_that_nobody_can_read_is_refused():
    inputs = ", ".join(f'i{n}: {{type: image, label: "I"}}' for n in range(61))
    steps = "\n".join(f"  s{n}: {{run: steadier, takes: i{n}}}" for n in range(60))
    outputs = ", ".join(f'o{n}: {{from: s{n}, label: "O"}}' for n in range(60))
    found = mistakes(f"inputs: {{{inputs}}}\nsteps:\n{steps}\noutputs: {{{outputs}}}")
    assert "workflow: at most 60 inputs, steps and outputs fit a diagram (got 181); leave some out" in found
    outputs = ", ".join(f'o{n}: {{from: s0, label: "O"}}' for n in range(200))
    found = mistakes(
        f"inputs: {{i0: {{type: image, label: I}}}}\nsteps:\n  s0: {{run: steadier, takes: i0}}\noutputs: {{{outputs}}}"
    )
    assert "workflow: at most 200 connections fit a diagram (got 201); leave some out" in found


def test_a_letter_in_a_shape_that_is_a_text_setting_is_refused():
    catalog = world(
        operations="""
        odd:
          title: Odd
          says: "A word for a size."
          inputs: {image: {type: image, shape: [3, H, W]}}
          outputs: {image: {type: image, shape: [3, k, k]}}
          settings: {k: {type: text, default: "2", says: "Factor."}}
        """
    )
    found = [f"{problem.field}: {problem.message}" for problem in workflow.problems(catalog)]
    assert found == ['operations.odd.settings.k.type: "k" stands in a shape, so it must be a number']


def test_a_model_may_not_be_called_as_an_operation():
    catalog = replace(WORLD, models={"bicubic": world(bicubic=small_model()).models["bicubic"]})
    (problem,) = workflow.problems(catalog)
    assert problem.message == '"bicubic" is the name of an operation; call the file something else'


def small_model():
    return "name: B\nfamily: B\n"


def test_a_model_without_uses_cannot_be_run_yet():
    found = mistakes(CHAIN.replace("run: steadier", "run: newcomer"))
    assert found == [
        'workflow.steps.sharpen.run: step "sharpen" runs a model whose record has no uses yet (got newcomer); '
        "add them to catalog/models/newcomer.yml"
    ]


def test_where_several_ways_lead_to_the_result_the_first_is_told():
    found = mistakes(DIAMOND, asks="{task: super-resolution, from: image, to: image, scale: 3, about: photographs}")
    assert found == [
        'workflow.outputs.mixed.from: "mixed" becomes 2 times the size of "photo" (3 x 2H x 2W), '
        'but the question asks for 3 times the size; "above" makes it 2 times as large (s is not set, '
        'its default is 2, line 13), "below" makes it 2 times as large (catalog/models/doubler.yml:9); '
        "change a setting or add a step"
    ]


def test_a_result_that_does_not_come_from_what_is_given_is_no_answer():
    text = """
        inputs: {photo: {type: image, label: "A photo"}, words: {type: text, label: "Words"}}
        steps: {paint: {run: painter, takes: words}, look: {run: read, takes: photo}}
        outputs: {painted: {from: paint, label: "Painted"}, described: {from: look, label: "Described"}}
        """
    catalog = world(
        operations="""
        read:
          title: Read
          says: "Letters in a picture."
          inputs: {image: {type: image}}
          outputs: {words: {type: text}}
        """
    )
    assert mistakes(text, catalog=catalog) == [
        "workflow.outputs: no output of type image depends on an input of type image; connect them"
    ]


NAMES = st.sampled_from(
    ["photo", "words", "a", "b", "c", "a.image", "b.light", "photo.x", "nothing", "a.", ".", ""]
).filter(bool)
RUNS = st.sampled_from(
    ["bicubic", "blend", "split", "crop", "enlarger", "painter", "painter.repaint", "newcomer", "x", "enlarger."]
)


@st.composite
def careless(draw):
    """Draw a workflow that somebody wrote without looking."""
    lines = ["inputs:", '  photo: {type: image, label: "Photo"}', '  words: {type: text, label: "Words"}', "steps:"]
    for name in draw(st.lists(st.sampled_from(["a", "b", "c", "photo"]), min_size=1, max_size=4, unique=True)):
        ports = draw(
            st.dictionaries(
                st.sampled_from(["image", "prompt", "first", "second", "odd"]), NAMES, min_size=1, max_size=3
            )
        )
        takes = draw(NAMES) if draw(st.booleans()) else ports
        takes = (
            f'"{takes}"' if isinstance(takes, str) else "{" + ", ".join(f'{p}: "{s}"' for p, s in takes.items()) + "}"
        )
        given = draw(st.sampled_from(["{}", "{s: 2}", "{s: -1}", "{s: 1e300}", "{s: x}", "{strength: 0.5}", "{k: 1}"]))
        lines.append(f'  {name}: {{run: "{draw(RUNS)}", takes: {takes}, with: {given}}}')
    lines += ["outputs:", f'  out: {{from: "{draw(NAMES)}", label: "Out"}}']
    return "\n".join(lines)


@PATIENT
@given(careless())
def test_any_workflow_is_a_graph_or_has_problems_at_lines_of_its_file(text):
    written = question(text)
    graph, problems = build(written, WORLD)

    assert (graph is None) == bool(problems)
    assert problems == sorted(set(problems))
    assert all(6 < problem.line <= 30 and problem.field.startswith("workflow") for problem in problems)


# --- the list of steps -----------------------------------------------------------------------------------------------


def test_the_list_says_what_the_diagram_shows():
    lines = step_lines(graph_of(TWO_INPUTS))

    assert [(line.number, line.label, line.kind, line.takes_text, line.gives_text) for line in lines] == [
        (1, "A photo", "input", "", "3 x H x W"),
        (2, "What to paint", "input", "", "text"),
        (3, "Bicubic resizing", "operation", "A photo", "3 x 12H x 12W"),
        (4, "Painter-Net", "model", "Bicubic resizing (image), What to paint (prompt)", "3 x 12H x 12W"),
        (5, "Large", "output", "Painter-Net", "3 x 12H x 12W"),
    ]
    assert (lines[3].record_id, lines[3].use, lines[3].source) == ("painter", "repaint", "repository, README")
    assert lines[3].settings == {"strength": "0.5"}
    assert [line.notes for line in lines] == [{}, {}, {}, {"image": "Sizes are cut."}, {}]


def test_a_step_with_several_results_lists_each():
    assert step_lines(graph_of(SPLIT))[1].gives_text == "light: 1 x H x W, colour: 2 x H/2 x W/2"


def test_the_list_tells_apart_boxes_that_are_called_alike():
    graph = graph_of("""
inputs: {photo: {type: image, label: "A photo"}}
steps:
  once: {run: bicubic, takes: photo, with: {s: 2}}
  again: {run: bicubic, takes: once, with: {s: 2}}
  smaller: {run: bicubic, takes: again, with: {s: 0.5}}
  mix: {run: blend, takes: {first: once, second: smaller}}
outputs: {large: {from: mix, label: "Large"}}
""")

    assert {line.name: line.takes_text for line in step_lines(graph)} == {
        "photo": "",
        "once": "A photo",
        "again": "2. Bicubic resizing",
        "smaller": "3. Bicubic resizing",
        "mix": "2. Bicubic resizing (first), 4. Bicubic resizing (second)",
        "large": "Blend",
    }


def test_the_list_names_the_one_of_several_results_that_a_step_takes():
    lines = step_lines(graph_of(SPLIT))

    assert lines[2].takes_text == "Split: light (light), Split: colour (colour)"
