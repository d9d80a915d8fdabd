"""What the metrics share: checked inputs and errors in px."""

import torch
from torch import Tensor


def joint_errors(pred: Tensor, truth: Tensor, visible: Tensor) -> tuple[Tensor, Tensor]:
    """Distances (N, K) in px, missing predictions infinite, and the labelled mask.

    Raises ValueError naming the shapes seen, or when there is nobody to score.
    """
    pred, truth = torch.as_tensor(pred), torch.as_tensor(truth)
    visible = torch.as_tensor(visible).to(truth.device)
    if truth.ndim != 3 or truth.shape[-1] != 2 or pred.shape != truth.shape:
        seen = f"{tuple(pred.shape)} and {tuple(truth.shape)}"
        raise ValueError(f"pred and truth must both be (N, K, 2), got {seen}")
    if visible.shape != truth.shape[:2]:
        need, seen = tuple(truth.shape[:2]), tuple(visible.shape)
        raise ValueError(f"visible must be {need}, got {seen}")
    if len(truth) == 0:
        raise ValueError("there is nobody to score: N is 0")
    distance = (pred.to(truth) - truth).norm(dim=-1)
    return distance.nan_to_num(nan=torch.inf), visible > 0


def share(correct: Tensor, counted: Tensor) -> Tensor:
    """Part of the counted entries that are correct, over the first axis, else NaN."""
    return (correct & counted).sum(dim=0) / counted.sum(dim=0)
