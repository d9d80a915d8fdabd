"""What right answers to exercises 03.5 to 03.7 do; the hints are in ch03_loop."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import FormError, expect_close, expect_shape

B, K, H, W = 2, 4, 5, 6
START = tensor([[1.0, 2.0], [3.0, 4.0], [0.0, 5.0], [2.0, 2.0]])  # (K, 2)


def images() -> torch.Tensor:
    """(B, 3, H, W), no number twice."""
    return torch.arange(1.0 * B * 3 * H * W).view(B, 3, H, W) / 1000


def render(poses: torch.Tensor) -> torch.Tensor:
    """Maps (B, K, H, W), each filled with one number that tells its joint's place."""
    told = f"render was given poses of shape {tuple(poses.shape)}, not {(B, K, 2)}"
    assert poses.shape == (B, K, 2), told
    values = 100 * poses[..., 0] + poses[..., 1]
    return values[..., None, None].expand(B, K, H, W)


class Net(torch.nn.Module):
    """Says the same correction (x, y) for every joint, and keeps what it was shown."""

    def __init__(self, *says: float) -> None:
        super().__init__()
        self.says = torch.nn.Parameter(tensor(says))
        self.shown: list[torch.Tensor] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shape = (B, 3 + K, H, W)
        told = f"the net was shown an input of shape {tuple(x.shape)}, not {shape}"
        assert x.shape == shape, told
        self.shown.append(x.detach().clone())
        return self.says.expand(B, K, 2)


def predict(ief_predict, net: Net, limit=8.0, steps=3) -> list[torch.Tensor]:
    """The list of poses, of whatever length."""
    found = ief_predict(net, images(), START.clone(), limit, steps, render)
    if not isinstance(found, list | tuple):
        kind = "None" if found is None else f"a value of type {type(found).__name__}"
        raise FormError(f"expected a list of {steps + 1} poses, got {kind}")
    return found


def expect_poses(found, moves, what: str) -> None:
    """Every pose is the start moved by these px."""
    told = f"{what}: expected {len(moves)} poses, got {len(found)}"
    assert len(found) == len(moves), told
    for t, (pose, move) in enumerate(zip(found, moves, strict=True)):
        want = (START + tensor(move)).expand(B, K, 2)
        expect_close(pose, want, f"{what}: pose {t}")


def predict_input(ief_predict) -> None:
    net = Net(0.5, -0.25)
    predict(ief_predict, net, steps=1)
    assert net.shown, "the net was never asked"
    expect_close(net.shown[0][:, :3], images(), "channels 0 to 2 of the net's input")
    maps = render(START.expand(B, K, 2))
    expect_close(net.shown[0][:, 3:], maps, "channels 3 to 3 + K of the net's input")


def predict_count(ief_predict) -> None:
    for steps in (3, 1, 5):
        found = predict(ief_predict, Net(0.5, -0.25), steps=steps)
        told = f"{steps} steps: expected {steps + 1} poses, got {len(found)}"
        assert len(found) == steps + 1, told


def predict_start(ief_predict) -> None:
    found = predict(ief_predict, Net(0.5, -0.25))
    expect_close(found[0], START.expand(B, K, 2), "the first of four poses")


def predict_units(ief_predict) -> None:
    for limit, move in ((8.0, (4.0, -2.0)), (20.0, (10.0, -5.0))):
        found = predict(ief_predict, Net(0.5, -0.25), limit, steps=1)
        what = f"limit {limit}, one step, the net says (0.5, -0.25)"
        expect_poses(found, [(0.0, 0.0), move], what)


def predict_adds(ief_predict) -> None:
    found = predict(ief_predict, Net(0.5, -0.25), steps=4)
    moves = [(4.0 * t, -2.0 * t) for t in range(5)]
    what = "limit 8.0, four steps, the net always says (0.5, -0.25)"
    expect_poses(found, moves, what)


def predict_updated(ief_predict) -> None:
    net = Net(0.5, -0.25)
    predict(ief_predict, net, steps=3)
    told = f"three steps: the net was asked {len(net.shown)} times"
    assert len(net.shown) == 3, told
    for t, x in enumerate(net.shown):
        what = f"step {t}, the net's input"
        expect_close(x[:, :3], images(), f"{what}, channels 0 to 2")
        maps = render((START + t * tensor([4.0, -2.0])).expand(B, K, 2))
        expect_close(x[:, 3:], maps, f"{what}, the maps of pose {t}")


def predict_unbounded(ief_predict) -> None:
    found = predict(ief_predict, Net(1.5, -2.0), steps=2)
    what = "limit 8.0, two steps, the net always says (1.5, -2)"
    expect_poses(found, [(0.0, 0.0), (12.0, -16.0), (24.0, -32.0)], what)


def predict_gradient(ief_predict) -> None:
    found = predict(ief_predict, Net(0.5, -0.25))
    for t, pose in enumerate(found):
        assert not pose.requires_grad, f"pose {t} carries a gradient"


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def widen(widen_first_conv, std=0.3, extra=5, generator=None, c=64, k=7):
    """The trained planes, and the planes that the answer put in their place."""
    weight = torch.arange(1.0, c * 3 * k * k + 1).view(c, 3, k, k) / 1000
    found = widen_first_conv(weight, extra, std, generator or seeded(1))
    shape = (c, 3 + extra, k, k)
    what = f"the weights, {c} filters {k} x {k}, 3 + {extra} planes"
    expect_shape(found, shape, what)
    return weight, found[:, :3], found[:, 3:]


def widen_trained(widen_first_conv) -> None:
    for extra, c, k in ((14, 8, 3), (1, 2, 5), (3, 4, 1)):
        weight, kept, _ = widen(widen_first_conv, extra=extra, c=c, k=k)
        expect_close(kept, weight, f"planes 0 to 2 of {3 + extra}")


def widen_size(widen_first_conv) -> None:
    for std in (0.3, 2.0):
        _, _, noise = widen(widen_first_conv, std)
        mean, spread = noise.mean().item(), noise.std().item()
        # Wide enough for noise that is wrong in that filters share it: a later case.
        told = f"std {std}: the new weights' mean is {mean:.2g}"
        assert abs(mean) < 0.35 * std, f"{told}, not 0"
        told = f"std {std}: the new weights' standard deviation is {spread:.2g}"
        assert abs(spread / std - 1) < 0.25, told


def widen_normal(widen_first_conv) -> None:
    _, _, noise = widen(widen_first_conv)
    spread = noise.std().item()
    is_near = abs(spread / 0.3 - 1) < 0.04  # seven standard errors
    assert is_near, f"std 0.3: the new weights' standard deviation is {spread:.3f}"
    near = (noise.abs() < 0.15).double().mean().item()
    is_normal = abs(near - 0.383) < 0.02  # five standard errors
    assert is_normal, f"not normal: {near:.0%} are within std / 2 of 0, not 38%"


def widen_independent(widen_first_conv) -> None:
    _, _, noise = widen(widen_first_conv)
    for axes, what in ((0, "filters"), (1, "planes"), ((2, 3), "places in a plane")):
        means = noise.mean(dim=axes)
        count = noise.numel() / means.numel()
        spread = (count * means.var() / noise.var()).item()
        # 1 up to five standard errors; numbers repeated along an axis give its length
        told = f"means over the {what} vary {spread:.1f} times as much"
        assert 0.5 < spread < 1.5, f"{told} as those of independent numbers"


def widen_generator(widen_first_conv) -> None:
    state, generator = torch.get_rng_state(), seeded(1)
    first = widen(widen_first_conv, generator=generator)[2]
    later = widen(widen_first_conv, generator=generator)[2]
    again = widen(widen_first_conv, generator=seeded(1))[2]
    other = widen(widen_first_conv, generator=seeded(2))[2]
    is_same = torch.equal(first, again)
    assert is_same, "two generators of the same seed gave different weights"
    is_kept = torch.equal(state, torch.get_rng_state())
    assert is_kept, "numbers were drawn from the global stream"
    is_other = not torch.equal(first, other)
    assert is_other, "generators of two seeds gave the same weights"
    assert not torch.equal(first, later), "one generator gave the same weights twice"


def check_steps(
    steps_needed, gaps, want, what: str, share=0.5, visible=None, limit=10.0
) -> None:
    """AssertionError when targets these gaps from the start need other steps."""
    gaps = tensor(gaps)
    start = torch.arange(2.0 * gaps.shape[1]).view(-1, 2) * 8
    labels = torch.full(gaps.shape[:2], 2) if visible is None else tensor(visible)
    found = steps_needed(start, start + gaps, labels, limit, share)
    expect_close(found, want, f"limit {limit:.0f}, {what}")


def steps_whole(steps_needed) -> None:
    for gap, want in (((25.0, 0.0), 3), ((0.0, -21.0), 3), ((-4.0, 0.0), 1)):
        what = f"a gap of ({gap[0]:.0f}, {gap[1]:.0f}) px"
        check_steps(steps_needed, [[gap]], want, what)
    check_steps(steps_needed, [[(25.0, 0.0)]], 7, "a gap of (25, 0) px", limit=4.0)


def steps_edge(steps_needed) -> None:
    check_steps(steps_needed, [[(30.0, 0.0)]], 3, "a gap of (30, 0) px")
    check_steps(steps_needed, [[(-6.0, 8.0)]], 1, "a gap of (-6, 8) px")


def steps_slanted(steps_needed) -> None:
    check_steps(steps_needed, [[(24.0, 24.0)]], 4, "a gap of (24, 24) px")
    check_steps(steps_needed, [[(-20.0, 20.0)]], 3, "a gap of (-20, 20) px")


def steps_labels(steps_needed) -> None:
    # First a share that is had in the end, however it is counted: no endless loop.
    gaps = [[(5.0, 0.0), (15.0, 0.0), (0.0, 25.0), (0.0, 95.0)]]
    what = "gaps of 5, 15, 25 and 95 px, the last without a label, share 0.6"
    check_steps(steps_needed, gaps, 2, what, share=0.6, visible=[[2, 1, 2, 0]])
    gaps = [[(95.0, 0.0), (95.0, 0.0), (5.0, 0.0), (0.0, 5.0)]]
    what = "gaps of 95 and 95, and 5 and 5 px without a label, share 0.5"
    check_steps(steps_needed, gaps, 10, what, visible=[[2, 1, 0, 0]])


def steps_share(steps_needed) -> None:
    gaps = [[(5.0, 0.0), (0.0, 15.0), (-15.0, 0.0), (0.0, -85.0)]]
    for share, want in ((0.75, 2), (0.8, 9), (0.5, 2), (0.25, 1), (1.0, 9)):
        what = f"gaps of 5, 15, 15 and 85 px, share {share}"
        check_steps(steps_needed, gaps, want, what, share=share)


def steps_pooled(steps_needed) -> None:
    gaps = [[(5.0, 0.0)] * 3, [(45.0, 0.0)] * 3]
    for visible, near, far, share, want in (
        ([[2, 0, 0], [2, 1, 2]], 1, 3, 0.5, 5),
        ([[2, 1, 2], [0, 0, 2]], 3, 1, 0.5, 1),
        ([[2, 2, 1], [1, 2, 0]], 3, 2, 0.65, 5),
    ):
        what = f"labels: {near} at 5 px, {far} at 45 px, share {share}"
        check_steps(steps_needed, gaps, want, what, share=share, visible=visible)


def steps_none(steps_needed) -> None:
    gaps = [[(0.0, 0.0), (0.0, 0.0), (40.0, 0.0)]]
    check_steps(steps_needed, gaps, 0, "gaps of 0, 0 and 40 px, share 0.5")
