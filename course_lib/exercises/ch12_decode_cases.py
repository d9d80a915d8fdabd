"""What right answers to exercise 12.6 do; the hints are in ch12_people."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import tensor

from course_lib.exercises.cases import (
    FormError,
    expect_close,
    expect_pair,
    expect_shape,
)

CHAIN = [(0, 1), (1, 2), (2, 3)]
TREE = [(0, 1), (0, 2), (2, 3), (2, 4), (4, 5)]
MIXED = [(4, 5), (2, 3), (0, 1), (2, 4), (0, 2)]  # the same tree
POSE = [[10.0, 5.0], [30.0, 8.0], [12.0, 40.0], [33.0, 52.0], [9.0, 75.0], [31.0, 90.0]]
Pose = list[list[float]]
Mid = Callable[[int, int, torch.Tensor], torch.Tensor]
Peak = tuple  # score, joint, (x, y)


def moved(pose: Pose, dx: float, dy: float) -> Pose:
    """The pose elsewhere."""
    return [[x + dx, y + dy] for x, y in pose]


def along(edges: list, way: Callable) -> Mid:
    """Mid offsets way(k, other, y) along edges; ValueError where there is no edge."""
    known = {*edges, *(edge[::-1] for edge in edges)}

    def mid(k: int, other: int, y: torch.Tensor) -> torch.Tensor:
        if (int(k), int(other)) not in known:
            raise ValueError(f"there is no edge from joint {k} to joint {other}")
        return tensor(way(int(k), int(other), y.tolist()))

    return mid


def pointing(edges: list, poses: list[Pose]) -> Mid:
    """Mid offsets to the joint of whoever has the nearest joint k, as learnt ones."""

    def way(k: int, other: int, y: list) -> list:
        nearest = min(poses, key=lambda pose: math.dist(pose[k], y))
        return [b - a for a, b in zip(y, nearest[other], strict=True)]

    return along(edges, way)


def rigid(edges: list, pose: Pose) -> Mid:
    """The same mid offsets everywhere, those of one pose."""

    def way(k: int, other: int, y: list) -> list:
        return [b - a for a, b in zip(pose[k], pose[other], strict=True)]

    return along(edges, way)


def bent(edges: list) -> Mid:
    """Mid offsets that depend on the place and on the direction, and do not agree."""

    def way(k: int, other: int, y: list) -> list:
        x, down = y
        return [
            3 + 0.3 * down - 2 * k,
            5 * (other - k) - 0.2 * x + (8 if k < other else 1),
        ]

    return along(edges, way)


def walked(root: int, place: tuple, edges: list, mid: Mid) -> torch.Tensor:
    """The pose (K, 2) that begins with one joint."""
    pose, reached = torch.zeros(len(edges) + 1, 2), [root]
    pose[root] = tensor(place)
    for k in reached:  # it grows
        for edge in edges:
            if k in edge:
                other = edge[1 - edge.index(k)]
                if other not in reached:
                    pose[other] = pose[k] + mid(k, other, pose[k])
                    reached.append(other)
    return pose


def decoded(answer, peaks: list[Peak], edges, mid, radius, what: str) -> tuple:
    """Poses and first peaks that come back; FormError when they are not two tensors."""
    scores, parts, places = zip(*peaks, strict=True) if peaks else ((), (), ())
    given = (
        tensor(scores, dtype=torch.float32),
        tensor(parts, dtype=torch.long),
        tensor(places, dtype=torch.float32).view(-1, 2),
    )
    names = "poses and first peaks"
    poses, firsts = expect_pair(answer(*given, list(edges), mid, radius), names)
    if not isinstance(firsts, torch.Tensor) or firsts.ndim != 1:
        raise FormError(f"{what}: expected first peaks (M,), got {firsts}")
    if firsts.is_floating_point() and len(firsts):
        raise FormError(f"{what}: expected whole numbers, got {firsts.dtype}")
    shape = (len(firsts), len(edges) + 1, 2)
    expect_shape(poses, shape, f"{what}: the poses")
    return poses, firsts


def check_decode(
    answer, peaks: list[Peak], want: list, mid, edges=CHAIN, radius=10.0, what=""
) -> None:
    """AssertionError when other people come back; want: their first peaks."""
    listed = [(round(score, 3), joint, (*place,)) for score, joint, place in peaks]
    told = f"{what}, " if what else ""
    told = f"{told}peaks (score, joint, place) {listed}, edges {edges}, radius {radius}"
    poses, firsts = decoded(answer, peaks, edges, mid, radius, told)
    found = firsts.tolist()
    assert found == want, f"{told}: expected people from peaks {want}, got {found}"
    for number, pose in zip(want, poses, strict=True):
        _, joint, place = peaks[number]
        right = walked(joint, place, edges, mid)
        expect_close(pose, right, f"{told}: the pose from peak {number}", 1e-3)


def decode_tree(greedy_decode) -> None:
    for edges in (CHAIN, TREE):
        for mid in (rigid(edges, POSE), pointing(edges, [POSE]), bent(edges)):
            for place in (POSE[0], [11.5, 4.0]):
                check_decode(greedy_decode, [(0.8, 0, place)], [0], mid, edges)


def outwards(edges: list, root: int) -> list:
    """The edges, as they are, in the order in which the root reaches them."""
    reached, found = {root}, []
    while len(found) < len(edges):
        found += [e for e in edges if e not in found and reached & {*e}]
        reached |= {joint for edge in found for joint in edge}
    return found


def decode_back(greedy_decode) -> None:
    for tree in (CHAIN, TREE):
        for root in range(1, len(tree) + 1):
            edges = outwards(tree, root)
            for mid in (pointing(edges, [POSE]), bent(edges)):
                peaks = [(0.8, root, POSE[root])]
                check_decode(greedy_decode, peaks, [0], mid, edges)


def decode_order(greedy_decode) -> None:
    turned = [edge[::-1] for edge in MIXED[::2]] + MIXED[1::2]
    for edges in (MIXED, MIXED[::-1], turned):
        for root in range(6):
            peaks = [(0.8, root, POSE[root])]
            check_decode(greedy_decode, peaks, [0], bent(edges), edges)


def decode_two(greedy_decode) -> None:
    two = [POSE, moved(POSE, 60, 5)]
    for first, second in ((0, 0), (0, 3), (1, 2)):
        peaks = [(0.9, first, two[0][first]), (0.7, second, two[1][second])]
        check_decode(greedy_decode, peaks, [0, 1], pointing(CHAIN, two))
    far = [moved(POSE, 45 * n, 0) for n in range(4)]
    peaks = [(0.9 - n / 10, n, far[n][n]) for n in range(4)]
    check_decode(greedy_decode, peaks, [0, 1, 2, 3], pointing(CHAIN, far))


def decode_near(greedy_decode) -> None:
    two = [POSE, moved(POSE, 60, 5)]
    (x, y), (u, v) = two[0][1], two[1][1]
    peaks = [
        *[(0.9, 1, [x, y]), (0.8, 1, [x + 4, y - 3])],
        *[(0.7, 1, [u, v]), (0.6, 1, [x - 5, y + 6]), (0.5, 1, [u + 2, v])],
    ]
    for mid in (pointing(CHAIN, two), rigid(CHAIN, POSE)):
        check_decode(greedy_decode, peaks, [0, 2], mid)


def decode_found(greedy_decode) -> None:
    """Every joint of both has a peak: one person each, from the highest."""
    two = [POSE, moved(POSE, 60, 5)]
    for shift in (0.0, 3.0):
        peaks = [
            (0.9 - joint / 10 - person / 20, joint, [pose[joint][0] + shift, y])
            for joint in range(4)
            for person, pose in enumerate(two)
            for y in [pose[joint][1] - shift]
        ]
        check_decode(greedy_decode, peaks, [0, 1], pointing(CHAIN, two))


def decode_kind(greedy_decode) -> None:
    """The second one's joint 3 is where the first one has joint 1."""
    first = POSE[:4]
    second = moved(first, first[1][0] - first[3][0] + 2, first[1][1] - first[3][1])
    mid = pointing(CHAIN, [first, second])
    peaks = [(0.9, 0, first[0]), (0.8, 3, second[3])]
    check_decode(greedy_decode, peaks, [0, 1], mid)
    peaks = [(0.9, 1, first[1]), (0.8, 3, second[3]), (0.7, 1, [32.0, 9.0])]
    check_decode(greedy_decode, peaks, [0, 1], mid)


def decode_radius(greedy_decode) -> None:
    x, y = POSE[2]
    for dx, dy, radius, want in (
        (6, 8, 10.0, [0]),
        (0, -10, 10.0, [0]),
        (8, 8, 10.0, [0, 1]),
        (6, 8.25, 10.0, [0, 1]),
        (3, 4, 5.0, [0]),
        (4, 4, 5.0, [0, 1]),
        (15, 20, 25.0, [0]),
    ):
        peaks = [(0.9, 2, [x, y]), (0.8, 2, [x + dx, y + dy])]
        mid = rigid(CHAIN, POSE)
        check_decode(greedy_decode, peaks, want, mid, radius=radius)


def decode_highest(greedy_decode) -> None:
    two = [POSE, moved(POSE, 60, 5)]
    mid = pointing(CHAIN, two)
    (x, y), (u, v) = two[0][3], two[1][0]
    peaks = [(0.3, 0, POSE[0]), (0.7, 0, [u, v]), (0.9, 3, [x, y]), (0.8, 3, two[1][3])]
    check_decode(greedy_decode, peaks, [2, 3], mid)
    peaks = [(0.5, 1, [30.0, 8.0]), (0.6, 1, [36.0, 12.0]), (0.55, 2, [90.0, 45.0])]
    check_decode(greedy_decode, peaks, [1, 2], rigid(CHAIN, POSE))


def decode_rejected(greedy_decode) -> None:
    x, y = POSE[1]
    peaks = [(0.9 - n / 10, 1, [x + 7 * n, y]) for n in range(5)]
    check_decode(greedy_decode, peaks, [0, 2, 4], rigid(CHAIN, POSE))
    peaks = [(0.9, 1, [x, y]), (0.8, 1, [x, y + 9]), (0.7, 1, [x, y + 12])]
    check_decode(greedy_decode, peaks, [0, 2], rigid(CHAIN, POSE))


def decode_equal(greedy_decode) -> None:
    two = [POSE, moved(POSE, 60, 5)]
    mid = pointing(CHAIN, two)
    for joints in ((2, 1, 0), (0, 1, 2), (3, 0, 3)):
        peaks = [(0.5, joint, two[1][joint]) for joint in joints]
        check_decode(greedy_decode, peaks, [0], mid)
        both = [*peaks, (0.25, 1, two[0][1]), (0.75, 0, two[0][0])]
        check_decode(greedy_decode, both, [4, 0], mid)
    near = [(0.5, 1, [30.0, 8.0]), (0.5, 1, [36.0, 8.0]), (0.5, 1, [28.0, 6.0])]
    check_decode(greedy_decode, near, [0], rigid(CHAIN, POSE))


def decode_single(greedy_decode) -> None:
    peaks = [(0.9, 0, [4.0, 5.0]), (0.8, 0, [9.0, 5.0]), (0.7, 0, [30.0, 2.0])]
    what = "a tree of one joint"
    check_decode(greedy_decode, peaks, [0, 2], rigid([], POSE), [], what=what)


def decode_nobody(greedy_decode) -> None:
    for edges in (CHAIN, TREE):
        check_decode(greedy_decode, [], [], bent(edges), edges, what="no peaks")
