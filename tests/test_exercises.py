"""The checker itself, and every chapter's exercises against its solutions."""

import importlib
import inspect
import math
from pathlib import Path
from types import FunctionType

import numpy as np
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
    namespace = {"torch": torch, "F": F, "math": math, "np": np}
    exec(inspect.getsource(solution.reference), namespace)
    answer = namespace[solution.reference.__name__]
    (line,) = say(capsys, exercise.id, answer)
    assert line == f"{exercise.id} passed: {len(exercise.cases)} cases."
    assert exercises.first_failure(solution.hidden, answer) is None


def changed(function, number):
    """The function with one more constant, as if its reader had edited it."""
    code = function.__code__
    code = code.replace(co_consts=(*code.co_consts, number))
    new = FunctionType(code, function.__globals__, closure=function.__closure__)
    new.__defaults__ = function.__defaults__
    return new


@each
def test_each_mistake_earns_its_hint(exercise, capsys):
    solution = SOLVED[exercise.id]
    assert len(solution.wrong) >= 2
    common = [checking.UNCHANGED, checking.FORM]
    hints = {case.name: case.hints for case in [*exercise.cases, *common]}
    for wrong in solution.wrong:
        checking._failed_tries.clear()
        for number in range(3):
            first, second = say(capsys, exercise.id, changed(wrong.answer, number))
            name = wrong.answer.__name__
            assert f", {wrong.case}: " in first, name
            hint = hints[wrong.case][number]
            assert second == f"Hint {number + 1} of 3: {hint}", name


def test_every_case_is_earned_by_some_mistake():
    for exercise in ALL:
        earned = {wrong.case for wrong in SOLVED[exercise.id].wrong}
        assert {case.name for case in exercise.cases} <= earned, exercise.id


def cell(source):
    """The function that a cell with this source defines, new at every call."""
    namespace = {"torch": torch}
    exec(source, namespace)
    return namespace["answer"]


def hint_numbers(capsys, id, sources):  # noqa: A002
    """The number of the hint that each run of a cell and its check shows."""
    lines = [say(capsys, id, cell(source))[1] for source in sources]
    assert all(line.startswith("Hint ") for line in lines)
    return [int(line[5]) for line in lines]


CELL = """def answer(joints, box):
    # A wrong centre.
    centre = [float(value + {0}) for value in box[:2]]
    return torch.sub(joints, torch.tensor(centre)) / box[2:]"""


def test_the_last_hint_stays(capsys):
    sources = [CELL.format(number) for number in range(5)]
    assert hint_numbers(capsys, "01.1", sources) == [1, 2, 3, 3, 3]


def test_running_an_unchanged_cell_reveals_no_hint(capsys):
    one, two = CELL.format(1), CELL.format(2)
    commented = "\n# Nothing else changed.\n" + one.replace("wrong", "new")
    assert hint_numbers(capsys, "01.1", [one, one, commented, one]) == [1, 1, 1, 1]
    assert hint_numbers(capsys, "01.1", [two, two, one]) == [2, 2, 2]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (".add(1)", ".add(2)"),  # a constant
        ("add", "sub"),  # a name
        ("[k + 0.0", "[k - 0.0"),  # the code inside a comprehension or lambda
    ],
)
def test_another_answer_with_the_same_failure_is_a_try(old, new, capsys):
    source = """def answer(joints, box):
    numbers = sum(map(lambda k: [k + 0.0], [1, 2]), [])
    return joints.add(1) * torch.nan"""
    assert old in source
    for decorator in ("", "@torch.no_grad()\n"):
        start = decorator + source
        sources = [start, start, start.replace(old, new)]
        checking._failed_tries.clear()
        assert hint_numbers(capsys, "01.1", sources) == [1, 1, 2]


def test_the_same_code_with_another_failure_is_a_try(capsys):
    def answer(joints, box):
        return joints + helper[0]

    helper = [1.0]
    assert say(capsys, "01.1", answer)[1].startswith("Hint 1")
    helper[0] = 2.0  # as when a function that the answer calls was changed
    assert say(capsys, "01.1", answer)[1].startswith("Hint 2")


def test_objects_without_code_are_tries_too(capsys):
    assert "Hint 1" in say(capsys, "01.1", 5)[1]
    assert "Hint 1" in say(capsys, "01.1", 5)[1]
    assert "Hint 2" in say(capsys, "01.1", torch.nn.Identity())[1]


L2, SAMPLED = (SOLVED[number].reference for number in ("01.2", "01.6"))


@pytest.mark.parametrize(
    ("id", "answer", "words"),
    [
        ("01.1", lambda joints, box: None, "a tensor of shape (1, 2), got None"),
        ("01.1", lambda joints, box: joints.tolist(), "got a value of type list"),
        ("01.1", lambda joints, box: joints[0], "shape (1, 2), got (2,)"),
        ("01.2", lambda *_: None, "expected one number, got None"),
        ("01.2", lambda p, t, v: (p - t)[..., 0], "expected shape (), got (1, 2)"),
        ("01.2", lambda *a: L2(*a).item(), "can be differentiated, got 10.0"),
        ("01.2", lambda *a: L2(*a).detach(), "can be differentiated, got tensor(10.)"),
        ("01.3", lambda *_: np.array([1.0]), "got a value of type ndarray"),
        ("01.3", lambda *_: torch.ones(()), "expected shape (1,), got ()"),
        ("01.4", lambda *_: None, "expected a pair, image and joints, got None"),
        ("01.4", lambda i, j, p: i, "got one tensor of shape (3, 4, 7)"),
        ("01.4", lambda i, j, p: (i,), "got 1 results"),
        ("01.4", lambda i, j, p: (i, None), "the joints: expected a tensor"),
        ("01.4", lambda i, j, p: (j, i), "the image: expected shape (3, 4, 7)"),
        ("01.5", lambda *_: [1.0, 2.0], "got a value of type list"),
        ("01.6", lambda *_: None, "expected a pair, boxes and targets, got None"),
        ("01.6", lambda *a: SAMPLED(*a)[0], "got one tensor of shape (3, 2, 4)"),
        ("01.6", lambda *a: SAMPLED(*a)[::-1], "the boxes, n=3 and K=2: expected"),
        ("01.7", lambda *_: None, "expected one number, got None"),
        ("01.7", lambda e, s, share: s, "expected one number, got a value of type"),
        ("06.2", lambda allowed: None, "three numbers, got a value of type NoneType"),
        ("06.2", lambda allowed: (1, 2), "three whole numbers, got (1, 2)"),
        ("06.3", lambda *_: 3, "expected a list of nodes, got a value of type int"),
        ("06.3", lambda *_: [0.0, 1.0, 2.0], "expected whole numbers, got [0.0, "),
        ("06.4", lambda shares: None, "an array of shape (3,), got None"),
        ("06.4", lambda shares: [1, 2, 0], "an array of shape (3,), got a value of"),
        ("06.4", lambda shares: shares, "expected shape (3,), got (3, 3)"),
        ("06.5", lambda *a: a[0], "a pair, labels and clusters, got a value of"),
        ("06.5", lambda x, y, *_: (x * 1.0, y), "labels: expected whole numbers (3,)"),
        ("06.5", lambda x, y, *_: (x, y[1:]), "clusters: expected whole numbers (3,)"),
    ],
)
def test_the_wrong_form_earns_the_hint_on_form(id, answer, words, capsys):  # noqa: A002
    first, second = say(capsys, id, answer)
    assert ", what comes back: " in first
    assert words in first
    assert second == f"Hint 1 of 3: {checking.FORM.hints[0]}"


@pytest.mark.parametrize("form", [float, np.float64, np.float32, torch.tensor])
def test_a_single_number_may_have_any_form(form, capsys):
    (line,) = say(capsys, "01.7", lambda *a: form(SOLVED["01.7"].reference(*a)))
    assert "passed" in line


@pytest.mark.parametrize("zero", [0.0, torch.zeros(())])
def test_a_loss_without_gradient_is_explained(zero, capsys):
    def answer(pred, target, visible):
        return L2(pred, target, visible) if visible.any() else zero

    first, second = say(capsys, "01.2", answer)
    assert "a batch without any labelled joint: the loss must be a tensor" in first
    assert second.startswith("Hint 1 of 3: By what do you divide")


ARRAYS = torch.Tensor | np.ndarray


def test_hidden_cases_watch_the_inputs():
    """A graded cell calls them by themselves, so they must not rely on `check`."""
    for solution in SOLVED.values():

        def spoil(*arguments, solution=solution, **named):
            result = solution.reference(*arguments, **named)
            first = next(a for a in arguments if isinstance(a, ARRAYS))
            values = first.data if isinstance(first, torch.Tensor) else first
            values += 1
            return result

        for case in solution.hidden:
            with pytest.raises(checking._InputChangedError):
                case.test(spoil)


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


def test_an_answer_that_writes_in_place_spoils_nothing_for_the_next():
    """The cases' own boxes and lists are as before, also where the answer raised."""

    def spoils(joints, box):
        box[2:] /= 2
        joints -= 1
        raise ValueError("half way")

    def sorts(errors, sigmas, share):
        sigmas.sort(reverse=True)
        return sigmas[0]

    for number, answer in (("01.1", spoils), ("01.7", sorts)):
        cases = checking.find_exercise(number).cases
        right = SOLVED[number].reference
        assert exercises.first_failure(cases, answer) is not None
        assert exercises.first_failure(cases, right) is None
