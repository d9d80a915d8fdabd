"""MOTA against a search through all pairings, another library, and worked cases."""

import itertools
import math
import random
from dataclasses import fields, replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.clips import read_clips
from course_lib.data import GOLDEN
from course_lib.metrics import ImagePeople, TrackedPeople, mota, mpii_ap

quick = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 10**6)
alphas = st.sampled_from([0.2, 0.5, 1.0])
JOINTS = 3
NAN = math.nan


def crowded(seed, frames=6):
    """A clip of up to 4 people and 5 tracks in 30 px, so that many can match many.

    People and tracks come and go; some joints lack a label, some are not predicted.
    """
    generator = torch.Generator().manual_seed(seed)
    places = torch.rand(5, JOINTS, 2, generator=generator) * 30
    heads = 10 + 10 * torch.rand(4, generator=generator)
    clip = []
    for _ in range(frames):
        truth = places[:4] + 2 * torch.randn(4, JOINTS, 2, generator=generator)
        pred = places + 4 * torch.randn(5, JOINTS, 2, generator=generator)
        pred[torch.rand(5, JOINTS, generator=generator) < 0.2] = NAN
        visible = torch.randint(0, 4, (4, JOINTS), generator=generator).clamp(max=2)
        g = torch.randperm(4, generator=generator)
        g = g[torch.rand(4, generator=generator) < 0.8]
        p = torch.randperm(5, generator=generator)
        p = p[torch.rand(5, generator=generator) < 0.8]
        ids = p if torch.rand((), generator=generator) < 0.7 else p.flip(0)
        ones = torch.ones(len(p), JOINTS)
        frame = pred[p], ones, truth[g], visible[g], heads[g], 7 * ids - 9, g + 100
        clip.append(TrackedPeople(*frame))
    return clip


def apart(seed, people=3, frames=5):
    """A clip of people 1000 px from one another, all labelled and found exactly."""
    generator = torch.Generator().manual_seed(seed)
    clip = []
    for _ in range(frames):
        truth = torch.rand(people, JOINTS, 2, generator=generator) * 30
        truth += 1000 * torch.arange(people)[:, None, None]
        ones, ids = torch.ones(people, JOINTS), torch.arange(people)
        clip.append(TrackedPeople(truth, ones, truth, ones, 10 * ones[:, 0], ids, ids))
    return clip


def on_a_line(*frames):
    """A clip of one kind of joint on the x axis, heads of 10 px.

    frames: pairs of dictionaries, the true people's and the predictions' places by id.
    """
    clip = []
    for true, found in frames:
        truth, pred = (
            torch.tensor([[[float(x), 0.0]] for x in one.values()]).view(-1, 1, 2)
            for one in (true, found)
        )
        ids, true_ids = torch.tensor(list(found)), torch.tensor(list(true))
        flags = torch.ones(len(true), 1)
        head = torch.full((len(true),), 10.0)
        scores = torch.ones(len(found), 1)
        clip.append(TrackedPeople(pred, scores, truth, flags, head, ids, true_ids))
    return clip


def numbers(result):
    """Objects, misses, false positives, switches and distance, a list of each."""
    return [getattr(result, field.name).tolist() for field in fields(result)]


def errors(*frames):
    """Misses, false positives and switches of a clip on a line."""
    return [counts[0] for counts in numbers(mota([on_a_line(*frames)]))[1:4]]


def same(a, b):
    assert numbers(a)[:4] == numbers(b)[:4]
    assert numbers(a)[4] == pytest.approx(numbers(b)[4], abs=1e-5)


def reachable(frame, k, alpha):
    """Distances {(true id, id): heads} of joint k, and how many are there."""
    people = [g for g in range(len(frame.truth)) if frame.visible[g, k] > 0]
    tracks = [p for p in range(len(frame.pred)) if not frame.pred[p, k].isnan().any()]
    near = {}
    for g, p in itertools.product(people, tracks):
        apart = math.dist(frame.pred[p, k].tolist(), frame.truth[g, k].tolist())
        if apart / float(frame.head[g]) <= alpha:
            pair = int(frame.true_ids[g]), int(frame.ids[p])
            near[pair] = apart / float(frame.head[g])
    return near, len(people), len(tracks)


def one_to_one(pairs):
    return len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)


def best_pairs(near, kept):
    """Of all sets of pairs that hold the kept ones, the largest and then nearest."""
    a, b = ({pair[side] for pair in kept} for side in (0, 1))
    free = [pair for pair in near if pair[0] not in a and pair[1] not in b]
    choices = (
        chosen
        for size in range(len(free) + 1)
        for chosen in itertools.combinations(free, size)
        if one_to_one(chosen)
    )
    return min(choices, key=lambda c: (-len(c), sum(near[pair] for pair in c)))


def search(clip, k, alpha):
    """The five numbers of joint k by keeping a diary of all matches and trying all."""
    diary, totals = [], [0, 0, 0, 0, 0.0]
    for time, frame in enumerate(clip):
        near, people, tracks = reachable(frame, k, alpha)
        last = {}  # each person's latest entry
        for when, person, track in diary:
            last[person] = (when, track)
        wanted = [(person, track) for person, (_, track) in last.items()]
        wanted = [pair for pair in wanted if pair in near]
        kept = [
            (person, track)
            for person, track in wanted
            if last[person][0] == max(last[a][0] for a, b in wanted if b == track)
        ]
        matched = [*kept, *best_pairs(near, kept)]
        switches = sum(a in last and last[a][1] != b for a, b in matched)
        diary += [(time, *pair) for pair in matched]
        misses, false = people - len(matched), tracks - len(matched)
        distance = sum(near[pair] for pair in matched)
        news = (people, misses, false, switches, distance)
        totals = [old + new for old, new in zip(totals, news, strict=True)]
    return totals


@given(seeds, alphas)
@settings(max_examples=150, deadline=None)
def test_counts_equal_those_of_a_search_through_all_pairings(seed, alpha):
    clip = crowded(seed)
    got = numbers(mota([clip], alpha))
    for k in range(JOINTS):
        want = search(clip, k, alpha)
        assert [one[k] for one in got[:4]] == want[:4]
        assert got[4][k] == pytest.approx(want[4], abs=1e-5)


def test_the_clips_of_the_search_hold_every_kind_of_event():
    total = mota([crowded(seed) for seed in range(20)])
    assert all(min(counts) > 10 for counts in numbers(total))


def judged_elsewhere(clip, k, alpha):
    """The five numbers of joint k by py-motmetrics.

    It lets people keep their predictions in the order in which it is told of them, so
    it is told first of those whose last match is the latest.
    """
    library = pytest.importorskip("motmetrics", reason="motmetrics is not installed")
    judge = library.MOTAccumulator(auto_id=True)
    for frame in clip:
        near, _, _ = reachable(frame, k, alpha)
        people = frame.true_ids[frame.visible[:, k] > 0].tolist()
        people.sort(key=lambda one: -judge.last_match.get(one, -1))
        tracks = frame.ids[~frame.pred[:, k].isnan().any(dim=-1)].tolist()
        rows = [[near.get((a, b), NAN) for b in tracks] for a in people]
        judge.update(people, tracks, torch.tensor(rows).numpy())
    names = ["objects", "misses", "false_positives", "switches", "detections"]
    names = [f"num_{name}" for name in names]
    found = library.metrics.create().compute(judge, metrics=[*names, "motp"])
    *counts, detections, mean = found.iloc[0].tolist()
    return [*counts, detections * mean if detections else 0.0]


@given(seeds, alphas)
@settings(max_examples=15, deadline=None)
def test_counts_equal_those_of_another_library(seed, alpha):
    clip = crowded(seed, frames=10)
    got = numbers(mota([clip], alpha))
    for k in range(JOINTS):
        want = judged_elsewhere(clip, k, alpha)
        assert [one[k] for one in got] == pytest.approx(want, abs=1e-5)


def test_a_prediction_is_kept_though_another_is_nearer():
    start = {1: 0}, {7: 0}
    assert errors(start, ({1: 0}, {7: 4, 8: 1})) == [0, 1, 0]
    assert errors(({1: 0}, {7: 4, 8: 1})) == [0, 1, 0]
    # Beyond half a head, 5 px, it is lost; then the other one is a switch.
    assert errors(start, ({1: 0}, {7: 5.1, 8: 1})) == [0, 1, 1]
    assert errors(start, ({1: 0}, {7: 5, 8: 1})) == [0, 1, 0]


def test_the_last_match_is_remembered_over_a_gap():
    start, missed, gone = ({1: 0}, {7: 0}), ({1: 0}, {}), ({}, {7: 0})
    assert errors(start, missed, missed, ({1: 0}, {7: 4, 8: 0})) == [2, 1, 0]
    assert errors(start, missed, gone, ({1: 0}, {8: 0})) == [1, 1, 1]
    # A miss does not hide a switch, and after it the new id is the one that is kept.
    new = ({1: 0}, {7: 1, 8: 0})
    assert errors(start, missed, ({1: 0}, {8: 0}), new, new) == [1, 2, 1]


def test_two_people_who_change_ids_are_two_switches_once():
    before, after = {7: 0, 8: 100}, {8: 0, 7: 100}
    people = {1: 0, 2: 100}
    assert errors((people, before), (people, after), (people, after)) == [0, 0, 2]


def test_of_two_people_who_had_a_prediction_the_later_keeps_it():
    first, second = ({1: 0}, {7: 0}), ({2: 4}, {7: 4})
    # Both are in reach of 7 at last. 8 is in reach of person 1 only.
    both = {1: 0, 2: 4}, {7: 1, 8: -4}
    assert errors(first, second, both) == [0, 0, 1]  # 2 keeps 7, 1 turns to 8
    assert errors(second, first, both) == [1, 1, 0]  # 1 keeps 7, 8 is left


def test_new_pairs_are_many_first_and_near_second():
    # The nearest pair, 1 and 7, would leave person 2 and prediction 8 alone.
    assert errors(({1: 0, 2: 4}, {7: 1, 8: -4})) == [0, 0, 0]
    # Both pairings are complete; the one of the least sum is 1-7, 2-8: 1 + 2 against
    # 3 + 4 px.
    result = mota([on_a_line(({1: 0, 2: 5}, {7: 1, 8: 3}))])
    assert result.distance.item() == pytest.approx(0.3)


def test_distances_count_in_heads_of_the_true_person():
    clip = on_a_line(({1: 0, 2: 100}, {7: 4, 8: 104}))
    clip[0].head[1] = 5.0  # so that 4 px are too far
    result = mota([clip])
    assert numbers(result)[:4] == [[2], [1], [1], [0]]
    assert result.motp == pytest.approx(100 * (1 - 0.4))
    wider = mota([clip], alpha=0.8)
    assert wider.total == 100
    assert wider.motp == pytest.approx(100 * (1 - (0.4 + 0.8) / 2))


def test_what_is_not_labelled_or_not_predicted_is_not_there():
    clip = apart(0, people=2, frames=1)
    visible, pred = clip[0].visible.clone(), clip[0].pred.clone()
    visible[0, 1] = 0  # predicted without a label
    pred[0, 0] = NAN  # a label without a prediction
    pred[1, 2, 0] = NAN  # half a place is none
    result = mota([[replace(clip[0], visible=visible, pred=pred)]])
    assert numbers(result)[:4] == [[2, 1, 2], [1, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert result.per_joint.tolist() == [50, 0, 50]


def test_the_total_is_the_mean_of_the_joints_that_are_labelled():
    clip = apart(0, people=2, frames=1)
    visible, pred = clip[0].visible.clone(), clip[0].pred.clone()
    visible[:, 2] = 0
    visible[1, 1] = 0
    pred[:, 2] = NAN
    pred[1, 1] = pred[1, 0] = NAN
    result = mota([[replace(clip[0], visible=visible, pred=pred)]])
    assert result.per_joint[:2].tolist() == [50, 100]
    assert result.per_joint[2].isnan()
    assert result.total == 75  # pooled, it would be 2 of 3 labels
    assert result.motp == 100


def test_nothing_labelled_and_nothing_found_are_unknown():
    result = mota([on_a_line(({}, {7: 0}))])
    assert numbers(result)[:4] == [[0], [0], [1], [0]]
    assert math.isnan(result.total)
    assert math.isnan(result.motp)


@quick
@given(seeds, st.integers(1, 4), st.integers(1, 6))
def test_perfect_tracks_give_100(seed, people, frames):
    result = mota([apart(seed, people, frames)] * 2)
    assert result.objects.tolist() == [2 * people * frames] * JOINTS
    assert result.per_joint.tolist() == [100] * JOINTS
    assert result.total == result.motp == 100


def test_true_people_of_rendered_clips_give_100():
    clips = [
        [
            TrackedPeople(
                frame.joints, torch.ones_like(frame.joints[..., 0]), frame.joints,
                frame.visible, frame.head, frame.ids + 40, frame.ids,
            )
            for frame in clip
        ]
        for split in ("train", "val")
        for clip in read_clips(GOLDEN / "clips", split)
    ]  # fmt: skip
    hidden = [
        [
            replace(f, pred=f.pred.where(f.visible[..., None] > 0, torch.nan))
            for f in clip
        ]
        for clip in clips
    ]
    assert mota(hidden).total == mota(hidden).motp == 100
    # What has no label is at 0, 0 in the first ones: as many false positives.
    unlabelled = sum((f.visible == 0).sum(dim=0) for clip in clips for f in clip)
    assert torch.equal(mota(clips).false_positives, unlabelled)


def test_frames_of_clips_go_into_average_precision():
    frames = [frame for seed in range(5) for frame in crowded(seed)]
    names = [field.name for field in fields(ImagePeople)]
    plain = [ImagePeople(*(getattr(f, name) for name in names)) for f in frames]
    assert torch.equal(mpii_ap(frames), mpii_ap(plain))
    assert mpii_ap(apart(0)).tolist() == [1] * JOINTS


@quick
@given(seeds)
def test_no_predictions_give_0(seed):
    empty = [
        replace(f, pred=f.pred[:0], scores=f.scores[:0], ids=f.ids[:0])
        for f in [*crowded(seed), *apart(seed)]
    ]
    result = mota([empty])
    assert torch.equal(result.misses, result.objects)
    assert result.total == 0


@quick
@given(seeds, st.integers(1, 4))
def test_a_false_joint_everywhere_costs_as_much_as_a_miss(seed, ghosts):
    clip = []
    for frame in apart(seed, people=3):
        pred = torch.cat([frame.pred, torch.full((ghosts, JOINTS, 2), -500.0)])
        ids = torch.arange(3 + ghosts)
        clip.append(replace(frame, pred=pred, scores=torch.ones(len(pred)), ids=ids))
    assert mota([clip]).total == pytest.approx(100 * (1 - ghosts / 3))


def test_ids_that_change_in_each_frame_are_switches():
    people, frames = 3, 5
    clip = [
        replace(frame, ids=(frame.ids + number) % people)
        for number, frame in enumerate(apart(1, people, frames))
    ]
    result = mota([clip])
    assert result.switches.tolist() == [people * (frames - 1)] * JOINTS
    assert result.total == pytest.approx(100 / frames)


@quick
@given(seeds, seeds)
def test_only_the_identity_of_ids_matters(seed, other):
    clip = crowded(seed)
    drawn = random.Random(other).sample(range(-(2**61), 2**61), 400)
    names = torch.tensor(drawn).view(2, 200)
    renamed = [
        replace(f, ids=names[0, f.ids + 50], true_ids=names[1, f.true_ids])
        for f in clip
    ]
    same(mota([renamed]), mota([clip]))


@quick
@given(seeds, seeds)
def test_the_order_of_people_and_of_clips_does_not_matter(seed, other):
    clips = [crowded(seed), crowded(other)]
    generator = torch.Generator().manual_seed(other)
    mixed = []
    for clip in clips:
        again = []
        for f in clip:
            p = torch.randperm(len(f.pred), generator=generator)
            g = torch.randperm(len(f.truth), generator=generator)
            people = f.truth[g], f.visible[g], f.head[g], f.ids[p], f.true_ids[g]
            again.append(TrackedPeople(f.pred[p], f.scores[p], *people))
        mixed.insert(0, again)
    same(mota(mixed), mota(clips))


@quick
@given(seeds, seeds)
def test_clips_add_up_and_share_no_ids(seed, other):
    apiece = [numbers(mota([crowded(one)])) for one in (seed, other)]
    both = numbers(mota([crowded(seed), crowded(other)]))
    for name, (a, b) in zip(both, zip(*apiece, strict=True), strict=True):
        assert name == pytest.approx([x + y for x, y in zip(a, b, strict=True)])


@quick
@given(seeds, st.floats(0.1, 10))
def test_only_relative_lengths_matter(seed, scale):
    clip = crowded(seed)
    larger = [
        replace(f, pred=f.pred * scale, truth=f.truth * scale, head=f.head * scale)
        for f in clip
    ]
    same(mota([larger]), mota([clip]))


def test_wrong_input_is_named():
    clip = apart(0, people=2, frames=2)
    for change, message in (
        ({"ids": torch.tensor([4, 4])}, r"ids of frame 1 must differ, got \[4, 4\]"),
        ({"true_ids": torch.tensor([1, 1])}, "true_ids of frame 1 must differ"),
        (
            {"ids": torch.arange(3)},
            r"frame 1 must be \(2,\) whole .* got \(3,\) of int",
        ),
        ({"ids": torch.rand(2)}, r"ids .* must be \(2,\) whole numbers.*of float32"),
        ({"pred": clip[0].pred[:, :2]}, "the same joints, got 2 and 3"),
        ({"head": torch.tensor([1.0, 0.0])}, "positive; 1 are not, the first is 0.0"),
        ({"visible": torch.ones(2, 2)}, r"visible must be \(2, 3\), got \(2, 2\)"),
    ):
        with pytest.raises(ValueError, match=message):
            mota([[clip[0], replace(clip[1], **change)]])
    for clips in ([], [[]], [clip, []]):
        with pytest.raises(ValueError, match="nothing to score: no clips, or one with"):
            mota(clips)
    with pytest.raises(ValueError, match=r"same number of joints, got \[1, 3\]"):
        mota([clip, on_a_line(({1: 0}, {}))])


def test_ids_may_be_plain_lists():
    clip = [replace(frame, ids=[3, -1, 8], true_ids=[0, 5, 6]) for frame in apart(0)]
    assert mota([clip]).total == 100
