"""The checker itself, and every chapter's exercises against its solutions."""

import importlib
import inspect
import math
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from course_lib import exercises
from course_lib.exercises import TODO, Case, ExerciseError, check, checking
from course_lib.exercises.cases import NotStartedError
from course_lib.notebooks import load_solutions

ROOT = Path(__file__).resolve().parents[1]
SOLVED = {
    solution.id: solution
    for path in sorted((ROOT / "solutions").glob("[0-9][0-9]_*.py"))
    for solution in load_solutions(ROOT / "notebooks" / f"{path.stem}.ipynb").SOLUTIONS
}
ALL = [
    exercise
    for path in sorted(Path(exercises.__file__).parent.glob("ch[0-9][0-9].py"))
    for exercise in importlib.import_module(
        f"course_lib.exercises.{path.stem}"
    ).EXERCISES
]
each = pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)


@pytest.fixture(autouse=True)
def first_try(monkeypatch):
    """Every test begins as a fresh notebook does, outside grading."""
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    checking._failed_tries.clear()


def say(capsys, id, answer):  # noqa: A002
    check(id, answer)
    captured = capsys.readouterr()
    assert not captured.err
    return captured.out.splitlines()


def test_every_exercise_has_a_solution():
    assert set(SOLVED) == {exercise.id for exercise in ALL}


@each
def test_exercise_is_complete(exercise):
    names = [case.name for case in exercise.cases]
    assert len(set(names)) == len(names) > 0
    for case in exercise.cases:
        assert len(case.hints) == 3
        assert all(case.hints)
    assert SOLVED[exercise.id].points > 0


@each
def test_stub_is_not_started(exercise, capsys):
    solution = SOLVED[exercise.id]
    namespace = {"TODO": TODO}
    signature = inspect.signature(solution.reference)
    exec(f"def {solution.name}{signature}:\n    return TODO", namespace)
    (line,) = say(capsys, exercise.id, namespace[solution.name])
    assert line.startswith(f"{exercise.id} not started")


@each
def test_reference_passes_alone(exercise, capsys):
    """Its source is pasted into a notebook, so it must not need its neighbours."""
    solution = SOLVED[exercise.id]
    namespace = {"torch": torch, "F": F, "math": math}
    exec(inspect.getsource(solution.reference), namespace)
    answer = namespace[solution.reference.__name__]
    (line,) = say(capsys, exercise.id, answer)
    assert line == f"{exercise.id} passed: {len(exercise.cases)} cases."
    assert exercises.first_failure(solution.hidden, answer) is None


@each
def test_each_mistake_earns_its_hint(exercise, capsys):
    solution = SOLVED[exercise.id]
    assert len(solution.wrong) >= 2
    hints = {case.name: case.hints for case in [*exercise.cases, checking.UNCHANGED]}
    for wrong in solution.wrong:
        checking._failed_tries.clear()
        for number in range(3):
            first, second = say(capsys, exercise.id, wrong.answer)
            name = wrong.answer.__name__
            assert f", {wrong.case}: " in first, name
            hint = hints[wrong.case][number]
            assert second == f"Hint {number + 1} of 3: {hint}", name


def test_every_case_is_earned_by_some_mistake():
    for exercise in ALL:
        earned = {wrong.case for wrong in SOLVED[exercise.id].wrong}
        assert {case.name for case in exercise.cases} <= earned, exercise.id


def test_the_last_hint_stays(capsys):
    wrong = SOLVED["01.1"].wrong[0].answer
    lines = [say(capsys, "01.1", wrong)[1] for _ in range(5)]
    assert [line[:11] for line in lines] == [
        "Hint 1 of 3",
        "Hint 2 of 3",
        "Hint 3 of 3",
        "Hint 3 of 3",
        "Hint 3 of 3",
    ]


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("01.99", "There is no exercise 01.99; chapter 01 has 01.1, "),
        ("99.1", "Chapter 99 has no exercises."),
        ("one", 'An exercise has an id such as "01.1"'),
        (1.1, 'An exercise has an id such as "01.1"'),
    ],
)
def test_unknown_id(id, words, capsys):  # noqa: A002
    assert say(capsys, id, lambda: None)[0].startswith(words)


def explode(joints, box):
    raise IndexError("list index\nout of range")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (explode, "IndexError: list index"),
        (lambda joints, box: None, "got None"),
        (lambda joints, box: "a", "got a value of type str"),
        (lambda joints, box: joints[:, :1], "expected shape (1, 2), got (1, 1)"),
        (lambda joints, box: joints, "expected 0 at index (0, 0), got 29.5"),
        (lambda joints: joints, "TypeError: "),
        (5, "TypeError: "),
        (lambda joints, box: joints / 0 * 0, "got nan"),
    ],
)
def test_failures_are_told_in_one_line(answer, words, capsys):
    first, second = say(capsys, "01.1", answer)
    assert words in first
    assert second.startswith("Hint 1 of 3")


def test_strict_mode_raises(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_STRICT", "1")
    for answer, words in (
        (TODO, "not started"),
        (SOLVED["01.1"].wrong[0].answer, "the centre of the box"),
    ):
        with pytest.raises(ExerciseError, match=words):
            check("01.1", answer)
    with pytest.raises(ExerciseError, match="no exercise"):
        check("01.99", TODO)
    assert say(capsys, "01.1", SOLVED["01.1"].reference) == ["01.1 passed: 4 cases."]


def test_todo_refuses_to_be_computed_with():
    for use in (
        lambda: TODO + 1,
        lambda: 2 * TODO,
        lambda: bool(TODO),
        lambda: TODO[0],
        lambda: TODO.shape,
        lambda: TODO(3),
        lambda: list(TODO),
        lambda: TODO < 1,
    ):
        with pytest.raises(NotStartedError, match="not written yet"):
            use()
    assert repr(TODO) == "TODO"
    assert not hasattr(TODO, "_repr_html_")


def test_todo_half_way_counts_as_not_started(capsys):
    def pair(image, joints, pairs):
        return image.flip(-1), TODO

    assert "not started" in say(capsys, "01.4", pair)[0]
    assert "not started" in say(capsys, "01.1", lambda *_: TODO / 2)[0]


def test_nested_inputs_are_watched():
    def touch(answer):
        answer({"a": [torch.zeros(2)]}, extra=[1, 2])

    def change(parts, extra):
        parts["a"][0][1] = 5

    def append(parts, extra):
        extra.append(3)

    case = Case("touch", touch, ("", "", ""))
    for answer in (change, append):
        failure = exercises.first_failure([case], answer)
        assert failure.case is checking.UNCHANGED
    assert exercises.first_failure([case], lambda parts, extra: None) is None
