"""Percentage of correct parts (Ferrari and others, 2008), strict and loose."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course_lib.metrics.checks import joint_errors, share


def pcp(
    pred: Tensor,
    truth: Tensor,
    visible: Tensor,
    limbs: Sequence[tuple[int, int]],
    alpha: float = 0.5,
    mode: str = "strict",
) -> Tensor:
    """Share (L,) of each limb's labelled occurrences that are detected.

    limbs: pairs of joint indices. A limb of true length l counts where both ends are
    labelled. "strict": both ends lie within alpha * l of their true place; "loose":
    their mean error does. Numbers of the two modes must not be compared; loose is
    never lower. Both readings of the 2008 rule are in use.
    """
    if mode not in ("strict", "loose"):
        raise ValueError(f"mode must be 'strict' or 'loose', got {mode!r}")
    errors, labelled = joint_errors(pred, truth, visible)
    a, b = [list(ends) for ends in zip(*limbs, strict=True)]
    truth = torch.as_tensor(truth)
    length = (truth[:, a] - truth[:, b]).norm(dim=-1)  # (N, L)
    if mode == "strict":
        error = errors[:, a].maximum(errors[:, b])
    else:
        error = (errors[:, a] + errors[:, b]) / 2
    return share(error <= alpha * length, labelled[:, a] & labelled[:, b])
