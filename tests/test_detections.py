"""The simulated detector: its rates, its noise, and where it makes no error."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.clips import read_clips
from course_lib.data import GOLDEN
from course_lib.detections import DetectorErrors, simulate_detections
from course_lib.geometry import box_centre, box_iou

quick = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 10**6)
SIZE = (192, 256)
PEOPLE, PICTURES = 60, 300
MANY = PEOPLE * PICTURES
SIX_SIGMA = 6 * 0.5 / math.sqrt(MANY)  # of a rate, at the widest


def some_boxes(seed, count):
    """Boxes (count, 4) in and beyond a picture, wider and higher than 4 px."""
    generator = torch.Generator().manual_seed(seed)
    place = 200 * torch.rand(count, 2, generator=generator) - 30
    return torch.cat([place, 4 + 90 * torch.rand(count, 2, generator=generator)], dim=1)


def numbered(count=PEOPLE):
    """Boxes 1000 px from one another: whose a detection is can be read off its x."""
    x = 1000.0 * torch.arange(count)
    return torch.stack([x, x * 0, x * 0 + 30, x * 0 + 70], dim=1)


def owners(boxes):
    return (boxes[:, 0] / 1000).round().long()


def detect(boxes, errors, *key, hidden=None, size=SIZE):
    rng = np.random.default_rng(key or 0)
    return simulate_detections(boxes, size, errors, rng, hidden)


def detect_many(errors, hidden=None):
    """Boxes, scores and people, 0 to MANY - 1, of what is found on many pictures."""
    boxes, scores, people = [], [], []
    for picture in range(PICTURES):
        found, score = detect(numbered(), errors, 8, picture, hidden=hidden)
        boxes.append(found)
        scores.append(score)
        people.append(owners(found) + PEOPLE * picture)
    return torch.cat(boxes), torch.cat(scores), torch.cat(people)


@quick
@given(seeds, st.integers(0, 9))
def test_without_errors_the_true_boxes_come_back(seed, count):
    boxes = some_boxes(seed, count)
    hidden = torch.rand(count, generator=torch.Generator().manual_seed(seed))
    for shares in (None, hidden):
        found, scores = detect(boxes, DetectorErrors(), seed, hidden=shares)
        assert torch.equal(found, boxes)
        assert torch.equal(scores, torch.ones(count))


@pytest.mark.parametrize("dropout", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_the_share_of_missed_people_is_the_dropout(dropout):
    found, scores, people = detect_many(DetectorErrors(dropout=dropout))
    missed = 1 - len(found) / MANY
    assert missed == pytest.approx(dropout, abs=SIX_SIGMA if 0 < dropout < 1 else 0)
    assert torch.equal(found, numbered()[people % PEOPLE])
    assert (scores == 1).all()
    # Each for itself: of neighbours, both are missed as often as by chance.
    is_missed = ~torch.isin(torch.arange(MANY), people)
    both = (is_missed[1:] & is_missed[:-1]).double().mean().item()
    assert both == pytest.approx(dropout**2, abs=SIX_SIGMA)


def test_a_person_missed_at_one_dropout_is_missed_at_a_larger_one():
    boxes = numbered(300)
    others = {"jitter": 0.1, "duplicates": 0.5, "false_boxes": 3, "score_noise": 0.2}
    previous = set(range(300))
    for dropout in (0.1, 0.3, 0.6):
        plain, _ = detect(boxes, DetectorErrors(dropout=dropout))
        seen = set(owners(plain).tolist())
        assert seen < previous
        more, _ = detect(boxes, DetectorErrors(dropout=dropout, **others))
        own = more[(more[:, 3] > 0) & (more[:, 0] > 500)]  # false ones are at the left
        assert set(owners(own).tolist()) == seen - {0}
        previous = seen


@pytest.mark.parametrize("occlusion", [0.0, 0.5, 1.0])
def test_hidden_people_are_missed_more_often_and_score_less(occlusion):
    shares = torch.tensor([0.0, 0.4, 1.0])
    errors = DetectorErrors(dropout=0.2, occlusion=occlusion)
    _, scores, people = detect_many(errors, shares.repeat(PEOPLE // 3))
    for kind, share in enumerate(shares.tolist()):
        own, seen = people % 3 == kind, 1 - occlusion * share
        rate = own.sum().item() / (MANY / 3)
        assert rate == pytest.approx(0.8 * seen, abs=2 * SIX_SIGMA if seen else 0)
        assert scores[own].tolist() == pytest.approx([seen] * int(own.sum()))


@pytest.mark.parametrize("jitter", [0.02, 0.1, 0.3])
def test_centres_and_sizes_spread_as_the_jitter_says(jitter):
    found, _, people = detect_many(DetectorErrors(jitter=jitter))
    true = numbered()[people % PEOPLE]
    assert len(found) == MANY
    shift = (box_centre(found) - box_centre(true)) / true[:, 2:]
    stretch = (found[:, 2:] / true[:, 2:]).log()
    changes = torch.cat([shift, stretch], dim=1).T.double()  # (4, N)
    tolerance = 5 / math.sqrt(MANY)
    assert changes.mean(dim=1).abs().max() < tolerance * jitter
    assert (changes.std(dim=1) / jitter - 1).abs().max() < tolerance
    assert (torch.corrcoef(changes) - torch.eye(4)).abs().max() < tolerance


def test_scores_without_noise_are_the_overlap_with_the_true_box():
    boxes = numbered(200)
    found, scores = detect(boxes, DetectorErrors(jitter=0.1, duplicates=0.5))
    iou = box_iou(found, boxes).gather(1, owners(found)[:, None])[:, 0]
    assert scores.tolist() == pytest.approx(iou.tolist(), abs=1e-3)
    assert (scores.diff() <= 0).all()


def test_score_noise_leaves_the_boxes_and_their_rank_by_quality():
    boxes = numbered(600)
    plain, quality = detect(boxes, DetectorErrors(jitter=0.1))
    noisy = DetectorErrors(jitter=0.1, score_noise=0.05)
    found, scores = detect(boxes, noisy)
    assert (scores.diff() <= 0).all()
    assert ((scores >= 0) & (scores <= 1)).all()
    a, b = owners(plain).argsort(), owners(found).argsort()
    assert torch.equal(plain[a], found[b])
    difference = scores[b] - quality[a]
    inner = (quality[a] > 0.25) & (quality[a] < 0.75)  # which the limits do not cut
    assert difference[inner].std().item() == pytest.approx(0.05, rel=0.1)
    assert torch.corrcoef(torch.stack([scores[b], quality[a]]))[0, 1] > 0.7


@pytest.mark.parametrize("duplicates", [0.0, 0.3, 1.0])
def test_the_share_of_people_found_twice(duplicates):
    errors = DetectorErrors(dropout=0.5, duplicates=duplicates)
    _, _, people = detect_many(errors)
    count = people.bincount(minlength=MANY)
    assert count.max() <= 2
    twice = (count == 2).sum().item() / (count > 0).sum().item()
    assert twice == pytest.approx(duplicates, abs=2 * SIX_SIGMA if twice < 1 else 0)
    apart, _ = detect(numbered(50), replace(errors, dropout=0, jitter=0.1))
    for person in range(50):
        own = apart[owners(apart) == person]
        assert len(own) < 2 or not torch.equal(own[0], own[1])


def test_false_boxes_are_as_many_as_asked_and_on_the_picture():
    errors, counts, boxes = DetectorErrors(false_boxes=1.5), [], []
    for picture in range(1500):
        found, scores = detect(torch.zeros(0, 4), errors, 3, picture)
        assert scores.tolist() == pytest.approx([0.3] * len(found))
        counts.append(len(found))
        boxes.append(found)
    # Poisson: mean and variance are the same.
    assert np.mean(counts) == pytest.approx(1.5, abs=0.15)
    assert np.var(counts) == pytest.approx(1.5, abs=0.3)
    boxes = torch.cat(boxes)
    x, y = (box_centre(boxes) + 0.5).T
    assert 0 <= x.min() < 10 < 246 < x.max() <= 256
    assert 0 <= y.min() < 10 < 182 < y.max() <= 192
    height, aspect = boxes[:, 3] / 192, boxes[:, 2] / boxes[:, 3]
    assert 0.2 <= height.min() < 0.22 < 0.78 < height.max() <= 0.8
    assert 0.3 <= aspect.min() < 0.32 < 0.58 < aspect.max() <= 0.6


def test_false_boxes_come_with_people_and_do_not_change_them():
    boxes = numbered(30) + 500
    errors = DetectorErrors(dropout=0.3, jitter=0.1, duplicates=0.2, score_noise=0.1)
    plain, scores = detect(boxes, errors, 5)
    found, all_scores = detect(boxes, replace(errors, false_boxes=4), 5)
    is_true = found[:, 0] > 400
    assert not is_true.all()
    assert torch.equal(found[is_true], plain)
    assert torch.equal(all_scores[is_true], scores)


def test_a_picture_s_detections_do_not_depend_on_other_pictures():
    frames = [f for clip in read_clips(GOLDEN / "clips", "test") for f in clip]
    errors = DetectorErrors(0.2, 0.5, 0.1, 0.2, 1.0, 0.1)

    def look(number):
        frame = frames[number]
        key = 4, 0, number
        return detect(frame.boxes, errors, *key, hidden=frame.hidden, size=(96, 128))

    forward = [look(n) for n in range(len(frames))]
    backward = [look(n) for n in reversed(range(len(frames)))][::-1]
    for (a, b), (c, d) in zip(forward, backward, strict=True):
        assert torch.equal(a, c)
        assert torch.equal(b, d)
    lists = {tuple(boxes.flatten().tolist()) for boxes, _ in forward}
    assert len(lists) == len(frames), "different keys draw different errors"


@quick
@given(seeds, st.integers(0, 6), st.tuples(*[st.floats(0, 1)] * 6))
def test_the_answer_is_plain(seed, count, numbers):
    errors = DetectorErrors(*numbers)
    found, scores = detect(some_boxes(seed, count), errors, seed)
    assert found.shape == (len(scores), 4)
    assert found.dtype == scores.dtype == torch.float32
    assert found.isfinite().all()
    assert (found[:, 2:] > 0).all()
    assert ((scores >= 0) & (scores <= 1)).all()
    assert all(a >= b for a, b in itertools.pairwise(scores.tolist()))


def test_wrong_parameters_are_named():
    for name, value in itertools.product(
        ("dropout", "occlusion", "duplicates"), (-0.1, 1.5, math.nan)
    ):
        with pytest.raises(ValueError, match=f"{name} is a probability.* got {value}"):
            DetectorErrors(**{name: value})
    for name, value in itertools.product(
        ("jitter", "false_boxes", "score_noise"), (-0.1, math.inf, math.nan)
    ):
        with pytest.raises(ValueError, match=f"{name} must be 0 or more, got {value}"):
            DetectorErrors(**{name: value})


def test_wrong_input_is_named():
    boxes = some_boxes(0, 2)
    bad_size, lost = boxes.clone(), boxes.clone()
    bad_size[1, 2], lost[0, 0] = 0, math.nan
    for wrong, message in (
        (boxes[0], r"boxes must be \(N, 4\), got \(4,\)"),
        (boxes[:, :3], r"boxes must be \(N, 4\), got \(2, 3\)"),
        (bad_size, "boxes need a positive, finite size, got .* 0.0"),
        (lost, "boxes need a positive, finite size, got .nan"),
    ):
        with pytest.raises(ValueError, match=message):
            detect(wrong, DetectorErrors())
    with pytest.raises(ValueError, match=r"positive height and width, got \(0, 9\)"):
        detect(boxes, DetectorErrors(), size=(0, 9))
    with pytest.raises(ValueError, match=r"hidden must be \(2,\), one a box, got \(3,"):
        detect(boxes, DetectorErrors(), hidden=torch.zeros(3))
    for share in (-0.5, 1.5):
        with pytest.raises(ValueError, match=f"are shares, 0 to 1, got {share}"):
            detect(boxes, DetectorErrors(), hidden=torch.tensor([0.5, share]))
