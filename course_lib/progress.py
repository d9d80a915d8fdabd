"""The losses of a run: kept, checked and shown, on one process or many."""

from __future__ import annotations

import math
import sys
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

LOOK_EVERY = 20  # steps; reading a loss makes the CPU wait for the GPU
LINES = 5  # printed in a whole run where there is no terminal


class LossLog:
    """Collects the loss of each step, averaged over all processes.

    accelerator: gives the mean over processes. losses: those of the steps already done.
    is_shown: a bar on a terminal, else up to five lines with two digits of the loss.
    """

    def __init__(
        self, accelerator: Any, steps: int, losses: list[float], is_shown: bool
    ) -> None:
        self.losses = list(losses)
        self._accelerator = accelerator
        self._steps = steps
        self._waiting: list[Tensor] = []  # losses still on the device
        self._printed = len(losses)
        has_bar = is_shown and sys.stderr.isatty()
        self._has_lines = is_shown and not has_bar
        self._bar = tqdm(total=steps, initial=len(losses), disable=not has_bar)

    def add(self, loss: Tensor) -> None:
        """Notes the loss of the next step; looks at it now and then."""
        self._waiting.append(loss.detach().float())
        self._bar.update()
        done = len(self.losses) + len(self._waiting)
        if done % LOOK_EVERY == 0 or done == self._steps:
            self.look()

    def look(self) -> None:
        """Reads the waiting losses. Raises FloatingPointError at one not finite."""
        if not self._waiting:
            return
        means = self._accelerator.reduce(torch.stack(self._waiting), reduction="mean")
        self._waiting.clear()
        for loss in means.tolist():
            if not math.isfinite(loss):
                raise FloatingPointError(
                    f"the loss is {loss} at step {len(self.losses) + 1}. Look at the "
                    "targets of that batch, lower lr, or limit the gradient with clip."
                )
            self.losses.append(loss)
        self._bar.set_postfix_str(f"loss {self.losses[-1]:.2g}")
        self._print_line()

    def close(self) -> None:
        """Ends the bar."""
        self._bar.close()

    def _print_line(self) -> None:
        done = len(self.losses)
        is_due = done * LINES // self._steps > self._printed * LINES // self._steps
        if self._has_lines and is_due:
            recent = self.losses[self._printed :]
            mean = sum(recent) / len(recent)
            print(
                f"step {done:>{len(str(self._steps))}}/{self._steps}  loss {mean:.2g}"
            )
            self._printed = done
