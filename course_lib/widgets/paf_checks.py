"""What the explorer of part affinity fields asks of its data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .checks import need, need_shape
from .paf_data import CASES, CONFLICT, AssemblyStep, Fields, held


def check(data: Fields) -> Fields:
    """The data itself. Raises ValueError naming what does not fit."""
    picture, pafs = data.picture, data.pafs
    need(
        picture.ndim == 3 and picture.shape[2] == 3 and picture.dtype == np.uint8,
        f"picture is (H, W, 3) uint8, got {picture.shape} {picture.dtype}",
    )
    _check_names(data)
    limbs = len(data.limbs)
    need(
        pafs.ndim == 5 and pafs.shape[1:3] == (limbs, 2) and pafs.size > 0,
        f"pafs should have shape (S, {limbs}, 2, h, w), got {pafs.shape}",
    )
    need(bool(np.isfinite(pafs).all()), "pafs hold NaN or infinity")
    need(data.stride > 0, f"stride is above 0 px, got {data.stride}")
    covered = [data.stride * side for side in pafs.shape[:-3:-1]]
    beyond = [far - side for far, side in zip(covered, data.size, strict=True)]
    need(
        all(0 <= far < data.stride for far in beyond),
        f"pafs of stride {data.stride:g} cover {covered[0]:g} x {covered[1]:g} px, "
        f"but the picture has {data.size[0]} x {data.size[1]}",
    )
    need(bool(np.isfinite(data.threshold)), f"threshold is {data.threshold}")
    need(0 <= data.share <= 1, f"share is from 0 to 1, got {data.share}")
    _check_peaks(data)
    need(len(data.steps) > 0, "steps are empty")
    for number, step in enumerate(data.steps):
        _check_step(f"steps[{number}]", step, data)
    return data


def _check_names(data: Fields) -> None:
    """Parts and limbs that differ; limbs between known parts."""
    need(len(data.limbs) > 0, "limbs are empty")
    for name, words in (("parts", data.parts), ("limbs", data.limbs)):
        need(len(set(words)) == len(words), f"{name} differ, got {words}")
    for limb in data.limbs:
        known = len(limb) == 2 and set(limb) <= set(data.parts)
        need(known, f"limbs join two of the parts, got {limb}")


def _check_peaks(data: Fields) -> None:
    """Peaks of every part, inside the picture."""
    count = len(data.parts)
    need(len(data.peaks) == count, f"peaks are of {count} parts, not {len(data.peaks)}")
    last = np.array(data.size) - 0.5
    for part, peaks in zip(data.parts, data.peaks, strict=True):
        need_shape(f"peaks of {part}", peaks, (len(peaks), 3))
        need(bool(np.isfinite(peaks).all()), f"peaks of {part} hold NaN or infinity")
        inside = (peaks[:, :2] >= -0.5) & (peaks[:, :2] <= last)
        need(bool(inside.all()), f"peaks of {part} lie outside the picture")


def _check_step(what: str, step: AssemblyStep, data: Fields) -> None:
    """A known case, peaks that there are, and people that share none of them."""
    need(isinstance(step, AssemblyStep), f"{what} is an AssemblyStep, not {step!r}")
    need(step.case in CASES, f"{what}: a case is one of {CASES}, got {step.case!r}")
    need(bool(np.isfinite(step.score)), f"{what}: its score is {step.score}")
    limbs = len(data.limbs)
    need(0 <= step.limb < limbs, f"{what}: limb {step.limb}, but there are {limbs}")
    counts = [len(peaks) for peaks in data.peaks]
    ends = data.connected(step)
    for part, peak in ends:
        text = f"{what}: peak {peak} of {data.parts[part]}, which has {counts[part]}"
        need(0 <= peak < counts[part], text)
    for person in step.people:
        _check_person(what, person, counts)
    owners = [[p for p in step.people if p[part] == peak] for part, peak in ends]
    is_one = all(len(people) == 1 for people in owners) and owners[0] == owners[1]
    text = f"{what}: after {step.case!r} one person should have both peaks"
    need(step.case == CONFLICT or is_one, text)
    every = [peak for person in step.people for peak in held(person)]
    need(len(set(every)) == len(every), f"{what}: two people share a peak")


def _check_person(what: str, person: Sequence[int], counts: Sequence[int]) -> None:
    """A peak of every part, or -1; at least one that is none."""
    parts = len(counts)
    need(len(person) == parts, f"{what}: {len(person)} peaks of a person, not {parts}")
    known = all(-1 <= peak < n for peak, n in zip(person, counts, strict=True))
    need(known, f"{what}: people hold peaks from -1 to {counts}, got {person}")
    need(bool(held(person)), f"{what}: a person has no peak")
