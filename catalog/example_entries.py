"""What a right entry of each part of a record looks like, in one line that messages show."""

from __future__ import annotations

from catalog.records import (
    Asks,
    Claim,
    Fact,
    Input,
    Metric,
    OfferedModel,
    OfferedPaper,
    Operation,
    Output,
    Part,
    Port,
    Provided,
    ProvidedModel,
    Reported,
    Reproduction,
    Setting,
    Step,
    Task,
    Term,
    Use,
    Weights,
    Workflow,
)

_PORTS = "inputs: {image: {type: image}}, outputs: {image: {type: image}}"
EXAMPLES: dict[type[Part], str] = {
    Asks: "{task: super-resolution, from: image, to: image, scale: 2, about: photographs}",
    Claim: '{says: "It beats bicubic on text.", holds: "fine-text-2x.gain_text_x2 > 0.2"}',
    Fact: '{says: "The network predicts a correction.", where: "abstract"}',
    Input: '{type: image, label: "Photo"}',
    Metric: '{title: PSNR, says: "Closeness to the true picture.", unit: dB, better: higher}',
    OfferedModel: '{because: "It enlarges nothing."}',
    OfferedPaper: '{role: analogy, because: "It does for points what this does for pictures."}',
    Operation: f'{{title: Bicubic resizing, says: "It averages neighbouring pixels.", {_PORTS}}}',
    Output: '{from: enlarge, label: "Twice the size"}',
    Port: "{type: image, shape: [3, H, W], range: [0, 1]}",
    Provided: '{title: "The title of this prompt"}',
    ProvidedModel: "{github: null}",
    Reported: '{metric: psnr, value: 27.13, where: "Table 1"}',
    Reproduction: '{claim: "15 times smaller", short: "a small file", where: "abstract", because: "It was not run."}',
    Setting: '{type: number, minimum: 0, maximum: 1, default: 0.5, says: "how much is changed"}',
    Step: "{run: bicubic, takes: photo, with: {s: 4}}",
    Task: '{title: Enlarging, says: "A picture becomes a larger one."}',
    Term: '{title: Photographs, says: "Pictures that a camera took."}',
    Use: f"{{hosted: true, task: super-resolution, {_PORTS}}}",
    Weights: '{origin: official, file: "weights.pth", link: null, sha256: null, license: null}',
    Workflow: "inputs:, steps: and outputs:, each with its entries below it",
}


def example_of(part: type[Part]) -> str:
    """Return what a right entry of a part looks like."""
    return EXAMPLES[part]
