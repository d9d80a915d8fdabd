"""A simulated person detector: true boxes with the errors that real detectors make."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_lib.geometry import box_from_centre, box_iou

FALSE_QUALITY = 0.3  # a false box is scored as a box of this IoU would be
FALSE_HEIGHT, FALSE_ASPECT = (0.2, 0.8), (0.3, 0.6)  # of the picture's height; w / h


@dataclass(frozen=True)
class DetectorErrors:
    """How a simulated detector errs; without arguments it makes no error.

    dropout: probability that a person is missed, each for itself. occlusion: of a
    person who is hidden by the share s, the probability to be seen at all falls to
    1 - occlusion * s. jitter: standard deviation of a box's centre, relative to its
    width and height, and of their logarithms. duplicates: probability that a person who
    is found gets a second box. false_boxes: how many a picture has on average.
    score_noise: standard deviation of the scores. Raises ValueError for a probability
    outside 0..1, and for others that are negative or not finite.
    """

    dropout: float = 0.0
    occlusion: float = 0.0
    jitter: float = 0.0
    duplicates: float = 0.0
    false_boxes: float = 0.0
    score_noise: float = 0.0

    def __post_init__(self) -> None:
        for name in ("dropout", "occlusion", "duplicates"):
            if not 0 <= getattr(self, name) <= 1:
                seen = getattr(self, name)
                raise ValueError(f"{name} is a probability, 0 to 1, got {seen}")
        for name in ("jitter", "false_boxes", "score_noise"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be 0 or more, got {getattr(self, name)}")


def simulate_detections(
    boxes: Tensor,
    size: tuple[int, int],
    errors: DetectorErrors,
    rng: np.random.Generator,
    hidden: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Boxes (D, 4) px and scores (D,), 0..1, highest first, as found on one picture.

    boxes: (N, 4) px, the true ones, N may be 0. size: (h, w) of the picture. hidden:
    (N,) share of each person that is not to be seen; None is 0. A person is found with
    probability (1 - dropout) (1 - occlusion * hidden). A score is the IoU with the true
    box times 1 - occlusion * hidden, that of a false box 0.3, both plus noise and cut
    to 0..1. Without errors the true boxes come back, in their order, with scores of 1.

    Each picture needs a generator of its own, such as `default_rng((seed, clip,
    frame))`: then no result depends on the order of calls. All numbers are drawn
    whatever the errors: a person missed at one dropout is missed at a larger one, too,
    and jitter, duplicates and false boxes do not change who is missed. The answer is on
    the CPU. Raises ValueError for shapes that do not fit, boxes or a picture of a size
    that is not positive and finite, and shares outside 0..1.
    """
    true, hidden = _checked(boxes, size, hidden)
    chance = torch.from_numpy(rng.random((2, len(true))))
    normal = torch.from_numpy(rng.normal(size=(2, len(true), 5)))  # box and duplicate
    seen = 1 - errors.occlusion * hidden
    is_found = chance[0] < (1 - errors.dropout) * seen
    kept = torch.stack([is_found, is_found & (chance[1] < errors.duplicates)])  # (2, N)
    moved, iou = _jittered(true, errors.jitter * normal[..., :4])  # (2, N, 4), (2, N)
    false = _false_boxes(rng.poisson(errors.false_boxes), size, rng)
    quality = [(iou * seen)[kept], torch.full((len(false),), FALSE_QUALITY)]
    noise = [normal[..., 4][kept], torch.from_numpy(rng.normal(size=len(false)))]
    scores = torch.cat(quality) + errors.score_noise * torch.cat(noise)
    scores, order = scores.clamp(0, 1).sort(descending=True, stable=True)
    found = torch.cat([moved[kept], false])[order]
    return found.float(), scores.float()


def _jittered(boxes: Tensor, changes: Tensor) -> tuple[Tensor, Tensor]:
    """Boxes (2, N, 4) moved and stretched, and their IoU (2, N) with the true ones.

    changes: (2, N, 4), of the centre relative to the size, of the size's logarithm.
    """
    size = boxes[:, 2:]
    new = size * changes[..., 2:].exp()
    shift = size * changes[..., :2] - (new - size) / 2
    at_zero = torch.cat([torch.zeros_like(size), size], dim=-1)
    moved = torch.cat([shift, new], dim=-1)  # seen from its true box's corner
    iou = torch.stack([box_iou(at_zero, one).diagonal() for one in moved])
    moved[..., :2] += boxes[:, :2]
    return moved, iou


def _false_boxes(count: int, size: tuple[int, int], rng: np.random.Generator) -> Tensor:
    """Boxes (count, 4), upright, with centres anywhere on a picture of size (h, w)."""
    heights = size[0] * rng.uniform(*FALSE_HEIGHT, count)
    widths = heights * rng.uniform(*FALSE_ASPECT, count)
    centres = rng.random((count, 2)) * size[::-1] - 0.5
    sizes = torch.from_numpy(np.stack([widths, heights], axis=1))
    return box_from_centre(torch.from_numpy(centres), sizes)


def _checked(
    boxes: Tensor, size: tuple[int, int], hidden: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Boxes (N, 4) and shares (N,) as double numbers on the CPU, or ValueError."""
    boxes = torch.as_tensor(boxes).detach().cpu().double()
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must be (N, 4), got {tuple(boxes.shape)}")
    bad = boxes[~(boxes.isfinite().all(dim=1) & (boxes[:, 2:] > 0).all(dim=1))]
    if len(bad):
        raise ValueError(f"boxes need a positive, finite size, got {bad[0].tolist()}")
    if len(size) != 2 or min(size) <= 0:
        raise ValueError(f"size must be a positive height and width, got {size}")
    if hidden is None:
        return boxes, boxes.new_zeros(len(boxes))
    hidden = torch.as_tensor(hidden).detach().cpu().double()
    if hidden.shape != boxes.shape[:1]:
        seen = tuple(hidden.shape)
        raise ValueError(f"hidden must be ({len(boxes)},), one a box, got {seen}")
    bad = hidden[~((hidden >= 0) & (hidden <= 1))]
    if len(bad):
        raise ValueError(f"hidden are shares, 0 to 1, got {bad[0].item()}")
    return boxes, hidden
