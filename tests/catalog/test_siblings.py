"""Related questions tell both ways how they differ."""

from dataclasses import replace

from catalog.damaged import Damaged
from catalog.load import ROOT, load
from catalog.rules_records import siblings_name_each_other


def test_a_published_question_that_is_linked_back_without_a_sentence_is_told():
    catalog, _ = load(ROOT)
    one, other = catalog.questions["phone-3x"], catalog.questions["fine-text-2x"]
    silent = other.model_copy(update={"siblings": {id: s for id, s in other.siblings.items() if id != one.id}})
    misspelt = silent.model_copy(update={"siblings": silent.siblings | {"phone-4x": "There speed is the wish."}})
    draft = silent.model_copy(update={"status": "draft"})

    def told(changed):
        questions = catalog.questions | {other.id: changed}
        return [str(problem) for problem in siblings_name_each_other(replace(catalog, questions=questions))]

    assert told(other) == []
    assert told(draft) == []
    lost = {silent.source.file: Damaged(silent, frozenset({("siblings",)}))}
    assert not [
        *siblings_name_each_other(replace(catalog, questions=catalog.questions | {other.id: silent}, damaged=lost))
    ]
    assert told(misspelt) == []  # the slip is told where it stands
    (problem,) = told(silent)
    assert problem.startswith("catalog/questions/phone-3x.md:")
    assert '"fine-text-2x" links back without a sentence; say in catalog/questions/fine-text-2x.md' in problem
