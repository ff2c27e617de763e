"""A catalog in memory, so that a test can say in a few lines what a workflow runs."""

from pathlib import Path
from textwrap import dedent, indent

from hypothesis import HealthCheck, settings

from catalog.load import Catalog, parse_record

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no mistake

VOCABULARY = """
tasks:
  super-resolution: {title: Super-resolution, says: "Make a picture larger."}
  motion-deblurring:
    title: Motion deblurring
    says: "Take movement out."
    helps: {super-resolution: "An enlarged picture has soft edges."}
  text-to-image: {title: Text to image, says: "Paint from words."}
  image-to-image:
    title: Image to image
    says: "Repaint a picture."
    helps: {super-resolution: "It can paint detail."}
types:
  image: {title: Picture, says: "A colour picture."}
  text: {title: Text, says: "A description."}
content:
  photographs: {title: Photographs, says: "Taken by a camera."}
  line-drawings: {title: Line drawings, says: "Thin lines."}
wants: {}
roles: {}
operations:
  bicubic:
    title: Bicubic resizing
    says: "A weighted average."
    task: super-resolution
    inputs: {image: {type: image, shape: [3, H, W], range: [0, 1]}}
    outputs: {image: {type: image, shape: [3, s*H, s*W], range: [0, 1]}}
    settings: {s: {type: number, minimum: 0.01, default: 2, says: "Factor."}}
  blend:
    title: Blend
    says: "The mean of two pictures."
    inputs: {first: {type: image, shape: [3, H, W]}, second: {type: image, shape: [3, H, W]}}
    outputs: {image: {type: image, shape: [3, H, W]}}
  split:
    title: Split
    says: "Light and colour apart."
    inputs: {image: {type: image, shape: [3, H, W]}}
    outputs: {light: {type: image, shape: [1, H, W]}, colour: {type: image, shape: [2, H/2, W/2]}}
  join:
    title: Join
    says: "Light and colour together."
    inputs: {light: {type: image, shape: [1, 2*H, 2*W]}, colour: {type: image, shape: [2, H, W]}}
    outputs: {image: {type: image, shape: [3, 2*H, 2*W]}}
  crop:
    title: Crop
    says: "What matters in a picture; nobody knows how large that is."
    inputs: {image: {type: image}}
    outputs: {image: {type: image}}
metrics: {}
"""

MODELS = {
    "enlarger": """
        name: Enlarger-Net
        family: Enlarger
        uses:
          enlarge:
            hosted: true
            task: super-resolution
            inputs: {image: {type: image, shape: [3, H, W], range: [0, 1]}}
            outputs: {image: {type: image, shape: [3, s*H, s*W], range: [0, 1]}}
            settings: {s: {type: number, minimum: 1, maximum: 8, default: 2, says: "Factor."}}
        trained_on: [photographs]
        """,
    "doubler": """
        name: Doubler-Net
        family: Doubler
        uses:
          double:
            hosted: true
            task: super-resolution
            inputs: {image: {type: image, shape: [3, H, W]}}
            outputs: {image: {type: image, shape: [3, 2*H, 2*W]}}
        trained_on: [photographs, line-drawings]
        """,
    "steadier": """
        name: Steadier-Net
        family: Steadier
        uses:
          steady:
            hosted: true
            task: motion-deblurring
            inputs: {image: {type: image, shape: [3, H, W], range: [0, 1]}}
            outputs: {image: {type: image, shape: [3, H, W], range: [0, 1]}}
        trained_on: [photographs]
        """,
    "painter": """
        name: Painter-Net
        family: Painter
        uses:
          paint:
            hosted: true
            task: text-to-image
            inputs: {prompt: {type: text}}
            outputs: {image: {type: image, shape: [3, 512, 512], range: [0, 1]}}
          repaint:
            task: image-to-image
            source: "repository, README"
            inputs:
              image: {type: image, shape: [3, H, W], range: [0, 1], says: "Sizes are cut."}
              prompt: {type: text}
            outputs: {image: {type: image, shape: [3, H, W], range: [0, 1]}}
            settings: {strength: {type: number, minimum: 0, maximum: 1, says: "How much is repainted."}}
        """,
    "newcomer": """
        name: Newcomer-Net
        family: Newcomer
        """,
}


def record(kind, id, text):
    """Read one record; it must be well-formed."""
    folder, suffix = ("questions", ".md") if kind == "question" else (f"{kind}s", ".yml")
    file = "catalog/vocabulary.yml" if kind == "vocabulary" else f"catalog/{folder}/{id}{suffix}"
    found, problems = parse_record(kind, id, text, file)
    assert problems == []
    return found


def question(
    workflow, *, asks="{task: super-resolution, from: image, to: image, scale: 2, about: photographs}", models=None
):
    """Return a question with this workflow, whose fields stand at the left margin; `asks` and workflow may be None."""
    lines = ["---", 'question: "How?"', *([f"asks: {asks}"] if asks else []), "models:"]
    lines += [f"  {id}: {{}}" for id in models or MODELS]
    if workflow:
        lines += ["workflow:", indent(dedent(workflow).strip(), "  ")]
    return record("question", "how", "\n".join([*lines, "status: draft", "---", ""]))


def world(*questions, operations="", **models):
    """Return a catalog with these questions, further operations and models (a name's _ stands for a hyphen)."""
    texts = MODELS | {name.replace("_", "-"): text for name, text in models.items()}
    vocabulary = VOCABULARY.replace("operations:\n", "operations:\n" + indent(dedent(operations), "  "))
    return Catalog(
        root=Path("/nowhere"),
        papers={},
        models={id: record("model", id, dedent(text)) for id, text in texts.items()},
        questions={q.id: q for q in questions},
        answers={},
        vocabulary=record("vocabulary", "vocabulary", vocabulary),
        runs={},
    )
