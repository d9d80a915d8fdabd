"""What right answers to exercise 09.6 do; the hints are in ch09_parse."""

from __future__ import annotations

import torch

from course_lib.exercises.cases import (
    FormError,
    expect_close,
    expect_pair,
    expect_shape,
)

NONE = -1
LIMBS = [(0, 1), (1, 2), (2, 3), (1, 4), (0, 4)]  # a tree over 5 parts, and one more


def assembled(answer, connections: list, parts: int, what: str, **least) -> list:
    """The people that come back, each its candidates and its score, in a fixed order.

    FormError when they are not two tensors of these shapes.
    """
    names = "people and scores"
    people, scores = expect_pair(answer(connections, parts, **least), names)
    if not isinstance(people, torch.Tensor) or people.ndim != 2:
        raise FormError(f"{what}: expected people (N, {parts}), got {people}")
    expect_shape(people, (len(people), parts), f"{what}: the people")
    if people.is_floating_point():
        raise FormError(f"{what}: expected whole numbers, got {people.dtype}")
    expect_shape(scores, (len(people),), f"{what}: the scores")
    return sorted(zip(people.tolist(), scores.tolist(), strict=True))


def check_people(
    answer, connections: list, want: list, what="", parts=4, **least
) -> None:
    """AssertionError when other people come back than wanted: (candidates, score)."""
    what = f"{what or connections}, {parts} parts"
    found = assembled(answer, connections, parts, what, **least)
    want = sorted(want)
    people = [row for row, _ in found]
    expected = [row for row, _ in want]
    assert people == expected, f"{what}: expected {expected}, got {people}"
    for (row, got), (_, score) in zip(found, want, strict=True):
        expect_close(got, score, f"{what}: the score of {row}")


def people_one(assemble) -> None:
    chain = [(0.9, 0, 3, 1, 1), (0.75, 1, 1, 2, 0), (0.5, 2, 0, 3, 2)]
    check_people(assemble, chain, [([3, 1, 0, 2], 2.15)])
    check_people(assemble, chain[:2], [([3, 1, 0, NONE], 1.65)])
    star = [(0.9, 1, 2, 3, 5), (0.8, 1, 2, 0, 7), (0.7, 1, 2, 4, 1)]
    check_people(assemble, star, [([7, 2, NONE, 5, 1], 2.4)], parts=5)


def people_either_end(assemble) -> None:
    chain = [(0.9, 2, 4, 3, 1), (0.8, 1, 3, 2, 4), (0.7, 0, 6, 1, 3)]
    check_people(assemble, chain, [([6, 3, 4, 1], 2.4)])
    mixed = [(0.9, 1, 0, 2, 1), (0.8, 2, 1, 3, 2), (0.7, 0, 3, 2, 1)]
    check_people(assemble, mixed, [([3, 0, 1, 2], 2.4)])


def people_two(assemble) -> None:
    """Every candidate's number also names one of another part and person."""
    both = [
        *[(0.9, 0, 0, 1, 1), (0.85, 0, 1, 1, 0)],
        *[(0.8, 1, 1, 2, 0), (0.75, 1, 0, 2, 1)],
    ]
    check_people(assemble, both, [([0, 1, 0, NONE], 1.7), ([1, 0, 1, NONE], 1.6)])


def people_redundant(assemble) -> None:
    ring = [(0.9, 0, 0, 1, 0), (0.8, 1, 0, 2, 0), (0.5, 0, 0, 2, 0)]
    check_people(assemble, ring, [([0, 0, 0, NONE], 2.2)])


def people_taken(assemble) -> None:
    """A person keeps the part that it has, and the other candidate stays free."""
    chain = [(0.9, 0, 0, 1, 0), (0.8, 1, 0, 2, 0)]
    late = [(0.5, 0, 0, 2, 1)]
    one = ([0, 0, 0, NONE], 1.7)
    check_people(assemble, [*chain, *late], [one])
    late += [(0.4, 2, 1, 3, 1), (0.3, 3, 1, 1, 1)]
    check_people(assemble, [*chain, *late], [one, ([NONE, 1, 1, 1], 0.7)])


def people_merge(assemble) -> None:
    halves = [(0.9, 0, 0, 1, 0), (0.8, 2, 1, 3, 2), (0.6, 1, 0, 2, 1)]
    check_people(assemble, halves, [([0, 0, 1, 2], 2.3)])
    turned = [(0.9, 2, 1, 3, 2), (0.8, 0, 0, 1, 0), (0.6, 0, 0, 3, 2)]
    check_people(assemble, turned, [([0, 0, 1, 2], 2.3)])
    large = [
        *[(0.9, 0, 0, 1, 0), (0.85, 1, 0, 2, 0)],
        *[(0.8, 3, 1, 4, 2), (0.75, 4, 2, 5, 0), (0.6, 0, 0, 5, 0)],
    ]
    check_people(assemble, large, [([0, 0, 0, 1, 2, 0], 3.9)], parts=6)
    later = [*halves, (0.5, 3, 2, 4, 3), (0.4, 0, 0, 4, 3)]
    check_people(assemble, later, [([0, 0, 1, 2, 3], 3.2)], parts=5)


def people_overlap(assemble) -> None:
    two = [(0.9, 0, 0, 1, 0), (0.8, 1, 0, 2, 0), (0.7, 1, 1, 2, 1), (0.6, 2, 1, 3, 1)]
    want = [([0, 0, 0, NONE], 1.7), ([NONE, 1, 1, 1], 1.3)]
    check_people(assemble, [*two, (0.5, 0, 0, 3, 1)], want)


def people_sorted(assemble) -> None:
    for connections in (
        [(0.3, 0, 0, 2, 1), (0.9, 0, 0, 1, 0), (0.8, 1, 0, 2, 0)],
        [(0.8, 1, 0, 2, 0), (0.9, 0, 0, 1, 0), (0.3, 0, 0, 2, 1)],
        [(0.8, 1, 0, 2, 0), (0.3, 0, 0, 2, 1), (0.9, 0, 0, 1, 0)],
    ):
        check_people(assemble, connections, [([0, 0, 0, NONE], 1.7)])


def people_few(assemble) -> None:
    some = [(0.9, 0, 0, 1, 0), (0.8, 0, 1, 1, 1), (0.7, 1, 1, 2, 1)]
    some += [(0.6, 0, 2, 1, 2), (0.5, 1, 2, 2, 2), (0.4, 2, 2, 3, 2)]
    two, three = ([0, 0, NONE, NONE], 0.9), ([1, 1, 1, NONE], 1.5)
    four = ([2, 2, 2, 2], 1.5)
    check_people(assemble, some, [three, four])
    check_people(assemble, some, [two, three, four], f"{some}, least 2", least=2)
    check_people(assemble, some, [four], f"{some}, least 4", least=4)


def people_nobody(assemble) -> None:
    for parts in (1, 4):
        check_people(assemble, [], [], "no connections", parts)
    check_people(assemble, [(0.9, 0, 0, 1, 0)], [], "one connection of 2 parts")


def crowd(seed: int) -> tuple[list, list]:
    """Connections of six people and of pairs of them, and who is there.

    Each person's own connections, one for each limb, score over 0.5, those that lead
    from one person to another less, so that they come when all are complete.
    """
    generator = torch.Generator().manual_seed(seed)
    people = torch.stack([torch.randperm(6, generator=generator) for _ in range(5)], 1)
    connections, scores = [], [0.0] * 6
    for first, second in LIMBS:
        values = torch.rand(6, 6, generator=generator) / 2
        for a, b in values.new_ones(6, 6).nonzero().tolist():
            score = values[a, b].item() + 0.5 * (a == b)
            ends = first, people[a, first].item(), second, people[b, second].item()
            connections.append((score, *ends))
            scores[a] += score * (a == b)
    order = torch.randperm(len(connections), generator=generator).tolist()
    listed = [connections[place] for place in order]
    return listed, list(zip(people.tolist(), scores, strict=True))


def people_crowd(assemble) -> None:
    for seed in range(3):
        connections, want = crowd(seed)
        what = f"six people, {len(connections)} connections (seed {seed})"
        check_people(assemble, connections, want, what, parts=5)
    equal = [(0.5, a, n, a + 1, n) for n in range(3) for a in range(4)]
    want = [([n] * 5, 2.0) for n in range(3)]
    for turn in range(0, len(equal), 5):
        what = "three people, all scores are equal"
        check_people(assemble, equal[turn:] + equal[:turn], want, what, parts=5)
