"""What right answers to exercise 07.5 do; the hints are in ch07_mota."""

from __future__ import annotations

import torch
from torch import nan, tensor

from course_lib.exercises.cases import FormError

NAMES = ("misses", "false positives", "switches")
ONE, TWO = [[0.1, nan], [nan, 0.2]], [[nan, 0.1], [0.2, nan]]  # two who change places


def counts_of(clear_mot, *clip: torch.Tensor) -> list[float]:
    """The three numbers that come back; FormError when they are not three."""
    found = clear_mot(*clip)
    if not isinstance(found, tuple | list):
        kind = type(found).__name__
        raise FormError(f"expected three numbers, got a value of type {kind}")
    if len(found) != 3:
        raise FormError(f"expected three numbers, got {len(found)}")
    try:
        return [float(count) for count in found]
    except (TypeError, ValueError):
        raise FormError(f"expected three whole numbers, got {found!r}") from None


def check_counts(clear_mot, clip: list, want: tuple, what: str, absent=()) -> None:
    """AssertionError when the answer counts other errors in a clip.

    clip: (F, G, P). absent: pairs of a frame and "person 1" or "track 0" that is not
    there; everybody else is, also where only NaN tells of them.
    """
    distance = tensor(clip)
    frames, people, tracks = distance.shape
    there = {
        "person": torch.ones(frames, people, dtype=torch.bool),
        "track": torch.ones(frames, tracks, dtype=torch.bool),
    }
    for frame, who in absent:
        kind, number = who.split()
        there[kind][frame, int(number)] = False
    found = counts_of(clear_mot, distance, there["person"], there["track"])
    for name, count, right in zip(NAMES, found, want, strict=True):
        assert count == right, f"{what}: expected {right} {name}, got {count:g}"


def mota_perfect(clear_mot) -> None:
    check_counts(clear_mot, [ONE] * 4, (0, 0, 0), "four frames, two clear tracks")
    still = [[0.0, nan], [nan, 0.0]]
    check_counts(clear_mot, [still] * 3, (0, 0, 0), "all distances 0")
    late = [[[0.1, nan], [nan, nan]], ONE, ONE]
    absent = [(0, "person 1"), (0, "track 1")]
    check_counts(clear_mot, late, (0, 0, 0), "a person who comes later", absent)


def mota_missed(clear_mot) -> None:
    far = [[0.1, nan], [nan, nan]]
    check_counts(clear_mot, [far] * 2, (2, 2, 0), "a track too far from its person")
    for who, want in (("track 1", (2, 0, 0)), ("person 1", (0, 2, 0))):
        absent, what = [(0, who), (1, who)], f"two frames without {who}, else as there"
        check_counts(clear_mot, [far] * 2, want, what, absent)


def check_relay(clear_mot, order: list, want: tuple, what: str) -> None:
    """AssertionError for other counts of one person and one track at a time.

    order: the number of the track that is there, for each frame; None for no track.
    """
    tracks = 1 + max(number for number in order if number is not None)
    frames = [[[0.1 if p == now else nan for p in range(tracks)]] for now in order]
    absent = [(f, f"track {p}") for f in range(len(order)) for p in range(tracks)]
    absent = [(f, who) for f, who in absent if who != f"track {order[f]}"]
    check_counts(clear_mot, frames, want, what, absent)


def mota_switch(clear_mot) -> None:
    for order, switches in (([0, 1, 1, 1], 1), ([0, 1, 0, 0], 2), ([1, 0, 2, 2], 2)):
        what = f"a person who has the tracks {order}, frame by frame"
        check_relay(clear_mot, order, (0, 0, switches), what)


def mota_gap(clear_mot) -> None:
    for order, want in (
        ([0, None, None, 1], (2, 0, 1)),
        ([0, None, None, 0], (2, 0, 0)),
        ([0, None, 1, None, 0], (2, 0, 2)),
    ):
        what = f"a person who has the tracks {order}, frame by frame"
        check_relay(clear_mot, order, want, what)
    frames = [[[0.1, nan]], [[nan, nan]], [[nan, 0.1]]]
    absent = [(0, "track 1"), (1, "person 0"), (1, "track 0"), (1, "track 1")]
    what = "a person who is away, and has another track after it"
    check_counts(clear_mot, frames, (0, 0, 1), what, [*absent, (2, "track 0")])


def mota_kept(clear_mot) -> None:
    frames = [[[0.1, nan], [nan, 0.1]], [[0.4, 0.1], [0.1, 0.4]]]
    check_counts(clear_mot, frames, (0, 0, 0), "each nearer to the other's track")
    frames = [[[0.1, nan]], [[0.4, 0.0]]]
    absent = [(0, "track 1")]
    check_counts(clear_mot, frames, (0, 1, 0), "a second track, at distance 0", absent)
    frames = [[[0.1, nan]], [[nan, nan]], [[0.4, 0.1]]]
    absent = [(0, "track 1"), (1, "track 0"), (1, "track 1")]
    what = "after a gap a second track, nearer than the last one"
    check_counts(clear_mot, frames, (1, 1, 0), what, absent)


def mota_released(clear_mot) -> None:
    what = "two tracks change places, for good"
    check_counts(clear_mot, [ONE, ONE, TWO, TWO, TWO], (0, 0, 2), what)
    what = "two tracks change places, and back"
    check_counts(clear_mot, [TWO, ONE, TWO], (0, 0, 4), what)
    frames = [ONE, [[nan, 0.1], [nan, 0.2]]]
    check_counts(clear_mot, frames, (1, 1, 0), "track 0 is too far from all")
    frames = [ONE, [[nan, 0.2], [nan, nan]]]
    check_counts(clear_mot, frames, (1, 1, 1), "person 1 is too far from all")


def mota_least(clear_mot) -> None:
    frames = [[[0.1, 0.2], [0.2, 0.45]], TWO]
    check_counts(clear_mot, frames, (0, 0, 0), "0.2 + 0.2 or 0.1 + 0.45 at first")
    frames = [[[0.2, 0.1], [0.45, 0.2]], ONE]
    check_counts(clear_mot, frames, (0, 0, 0), "0.2 + 0.2 or 0.1 + 0.45 at first")


def mota_many(clear_mot) -> None:
    frames = [[[0.1, 0.4], [0.4, nan]], TWO]
    check_counts(clear_mot, frames, (0, 0, 0), "two pairs at 0.4, or one at 0.1")
    for scale in (1, 100):
        ring = [[0.0, 0.5, nan], [nan, 0.0, 0.5], [0.5, nan, nan]]
        turned = [[nan, 0.5, nan], [nan, nan, 0.5], [0.5, nan, nan]]
        clip = (tensor([ring, turned]) * scale).tolist()
        what = f"three pairs at {0.5 * scale:g}, or two at 0"
        check_counts(clear_mot, clip, (0, 0, 0), what)


def mota_nothing(clear_mot) -> None:
    empty = torch.zeros(2, 3, 0), torch.ones(2, 3) > 0, torch.ones(2, 0) > 0
    for clip, want, what in (
        (empty, [6, 0, 0], "two frames, three people, no track"),
        ((empty[0].mT, empty[2], empty[1]), [0, 6, 0], "two frames, three tracks"),
        ((torch.zeros(0, 2, 2), *[torch.ones(0, 2) > 0] * 2), [0, 0, 0], "no frame"),
    ):
        found = counts_of(clear_mot, *clip)
        assert found == want, f"{what}: expected {want}, got {found}"
    nobody = [[nan, nan], [nan, nan]]
    absent = [(1, who) for who in ("person 0", "person 1", "track 0", "track 1")]
    what = "nobody in the second of three frames"
    check_counts(clear_mot, [ONE, nobody, ONE], (0, 0, 0), what, absent)


def mota_claims(clear_mot) -> None:
    for order in ([0, 1], [1, 0], [0, 1, 0], [1, 0, 1]):
        newest, other = order[-1], 1 - order[-1]
        shared = [[[0.1 if g == who else nan, nan] for g in (0, 1)] for who in order]
        absent = [(f, f"person {1 - who}") for f, who in enumerate(order)]
        absent += [(f, "track 1") for f in range(len(order))]
        what = (
            f"track 0 has the people {order}, frame by frame, and then both are there"
        )
        for of_newest, of_other, want in (
            ([0.3, nan], [0.1, 0.2], (0, 0, 1)),
            ([0.3, 0.2], [0.1, nan], (1, 1, 0)),
        ):
            both = [of_newest, of_other] if newest == 0 else [of_other, of_newest]
            check_counts(clear_mot, [*shared, both], want, what, absent)
        alone = [[nan, nan] if g == newest else [0.3, 0.1] for g in (0, 1)]
        absent += [(len(order), f"person {newest}")]
        what = f"track 0 has the people {order}, and then person {other} is alone"
        check_counts(clear_mot, [*shared, alone], (0, 1, 0), what, absent)
