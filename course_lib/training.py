"""The training loop of every chapter, on one device or many, and files of weights.

Nothing here seeds what outlives it: `build` gives a network the initial weights of a
seed, `fit` draws its batches from another, and the global stream stays as it was.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.checkpoints import (
    Checkpoint,
    load_weights,
    save_weights,
    weights_file,
)
from course_lib.files import is_main_process
from course_lib.progress import LossLog
from course_lib.streams import late_interrupt, own_random_stream, seed_step

__all__ = [
    "History",
    "build",
    "fit",
    "load_weights",
    "pick_device",
    "save_weights",
    "weights_file",
]

OPTIMIZERS = {
    "adagrad": torch.optim.Adagrad,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
}
FUSED = {"adam", "adamw", "sgd"}


@dataclass(frozen=True)
class History:
    """What a training run recorded: `losses[i]` is the loss of step `steps[i]`."""

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)

    def smoothed(self, window: int = 50) -> list[float]:
        """The mean loss of the last `window` steps, at every step."""
        sums = np.cumsum([0.0, *self.losses])
        ends = np.arange(1, len(self.losses) + 1)
        starts = np.maximum(ends - window, 0)
        return ((sums[ends] - sums[starts]) / (ends - starts)).tolist()


def pick_device() -> torch.device:
    """The device to train on: this process's GPU, else Apple's (mps), else the CPU."""
    if os.environ.get("ACCELERATE_USE_CPU", "").lower() in {"1", "true", "yes"}:
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def build(
    make: Callable[..., nn.Module],
    *arguments: Any,
    seed: int,
    device: str | torch.device | None = None,
) -> nn.Module:
    """The network make(*arguments) with the initial weights that `seed` gives it.

    On the device, its 4-D weights laid out as convolutions on CPUs like them (channels
    last). The global random stream is as before.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = make(*arguments)
    return net.to(device or pick_device(), memory_format=torch.channels_last)


def fit(
    net: nn.Module,
    loss_fn: Callable[[nn.Module, Any], Tensor],
    batch_fn: Callable[[torch.Generator], Any],
    steps: int,
    *,
    lr: float = 1e-3,
    optimizer: str | torch.optim.Optimizer | None = None,
    schedule: str | Callable[[float], float] | None = None,
    clip: float | None = None,
    seed: int = 0,
    device: str | torch.device | None = None,
    amp: bool | str = False,
    checkpoint: str | Path | None = None,
    every: int = 500,
    progress: bool = True,
) -> History:
    """The losses of `steps` steps of training; `net` is trained in place.

    loss_fn(net, batch) returns one number, and calls `net(...)` itself, not its parts
    (on several processes `net` is wrapped). batch_fn(generator) returns one batch and
    draws from the generator only. Generator and dropout are seeded anew from (seed,
    step, process), so a resumed run equals an uninterrupted one, and the global random
    stream is as before. Several processes draw different batches and share gradients.

    optimizer: a name of OPTIMIZERS (None: "adamw") or an instance, which brings its own
    lr. schedule: None, "cosine", "one-cycle" (a linear rise over the first 15 %, then a
    cosine to 0) or a function from progress (0 at the first step, below 1 at the last)
    to a factor of lr. clip: largest norm of the gradient. amp: True,
    "bf16" or "fp16" for half precision on CUDA, ignored elsewhere; bf16 keeps 8 bits,
    too few for coordinates regressed directly.

    checkpoint: a file to continue from if it exists, written at every `every`-th step,
    at the end and on Ctrl-C (one process), which ends after the step; a second Ctrl-C
    ends at once and writes nothing. progress: a bar on a terminal, else a few lines.

    The net returns in evaluation mode, on the device. Raises FloatingPointError naming
    the step when the loss is not finite, ValueError when an argument or the checkpoint
    does not fit.
    """
    if steps < 0 or seed < 0 or every < 1:
        raise ValueError(f"steps={steps}, seed={seed}, every={every}: out of range")
    accelerator = _accelerator(torch.device(device or pick_device()), amp)
    optimizer = _optimizer(net, optimizer, lr)
    parts = {"net": net, "optimizer": optimizer, "scaler": accelerator.scaler}
    loop = _Loop(accelerator, net, optimizer, _schedule(schedule), steps, seed, clip)
    saved = Checkpoint(checkpoint, loop.describe(schedule), parts)
    losses = saved.load()
    log = LossLog(accelerator, steps, losses, progress and is_main_process())
    loop.start()
    with own_random_stream(accelerator.device), late_interrupt(accelerator) as asked:
        try:
            for step in range(len(losses), steps):
                log.add(loop.step(step, loss_fn, batch_fn))
                if (step + 1) % every == 0 or step + 1 == steps or asked:
                    log.look()
                    saved.save(log.losses)
                if asked:
                    raise KeyboardInterrupt
        finally:
            log.close()
            loop.stop()
    return History(list(range(1, len(log.losses) + 1)), log.losses)


@dataclass
class _Loop:
    """What one training step needs; `rates` are the optimizer's own learning rates."""

    accelerator: Any
    net: nn.Module
    optimizer: torch.optim.Optimizer
    factor: Callable[[float], float]
    steps: int
    seed: int
    clip: float | None

    def __post_init__(self) -> None:
        self.rates = [group["lr"] for group in self.optimizer.param_groups]

    def describe(self, schedule: str | Callable | None) -> dict:
        """What a checkpoint must agree with."""
        return {
            "steps": self.steps,
            "seed": self.seed,
            "lr": self.rates,
            "schedule": "function" if callable(schedule) else schedule,
            "optimizer": type(self.optimizer).__name__,
            "processes": self.accelerator.num_processes,
        }

    def start(self) -> None:
        """Moves net and optimizer to the device; wraps them for many processes."""
        self.model, self.stepper = self.accelerator.prepare(self.net, self.optimizer)
        self.model.train()
        self.stepper.zero_grad()

    def stop(self) -> None:
        """Unwraps the net, and undoes what the schedule did to the optimizer."""
        self.accelerator.unwrap_model(self.model, keep_fp32_wrapper=False).eval()
        self._set_rates(1.0)

    def step(self, step: int, loss_fn: Callable, batch_fn: Callable) -> Tensor:
        """The loss of one step, after which the net has changed."""
        device, rank = self.accelerator.device, self.accelerator.process_index
        self._set_rates(self.factor(step / self.steps))
        batch = batch_fn(seed_step(self.seed, step, rank, device))
        loss = loss_fn(self.model, _to_device(batch, device))
        if loss.ndim:
            shape = tuple(loss.shape)
            raise ValueError(f"loss_fn must return one number, not shape {shape}")
        self.accelerator.backward(loss)
        if self.clip is not None:
            self.accelerator.clip_grad_norm_(self.model.parameters(), self.clip)
        self.stepper.step()
        self.stepper.zero_grad()
        return loss

    def _set_rates(self, factor: float) -> None:
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * factor


def _accelerator(device: torch.device, amp: bool | str) -> Any:
    """A fresh Accelerator for this device; half precision on CUDA only."""
    from accelerate import Accelerator  # slow to import, and only training needs it
    from accelerate.state import AcceleratorState, PartialState

    if amp not in (True, False, "bf16", "fp16"):
        raise ValueError(f'amp is True, False, "bf16" or "fp16", not {amp!r}')
    precision = amp or "no"
    if device.type != "cuda":
        precision = "no"
    elif amp is True:
        has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
        precision = "bf16" if has_bf16 else "fp16"
    # accelerate keeps the first choice of a process for ever; fit chooses per call
    is_cpu = device.type == "cpu"
    is_other = PartialState(cpu=is_cpu).device.type != device.type
    AcceleratorState._reset_state(reset_partial_state=is_other)
    accelerator = Accelerator(cpu=is_cpu, mixed_precision=precision)
    used = accelerator.device
    if used.type != device.type or device.index not in (None, used.index or 0):
        raise ValueError(f"fit would train on {used}, not on {device}")
    return accelerator


def _optimizer(
    net: nn.Module, choice: str | torch.optim.Optimizer | None, lr: float
) -> torch.optim.Optimizer:
    if isinstance(choice, torch.optim.Optimizer):
        return choice
    name = choice or "adamw"
    if name not in OPTIMIZERS:
        raise ValueError(f"optimizer {name!r} is none of {', '.join(OPTIMIZERS)}")
    places = {parameter.device.type for parameter in net.parameters()}
    if name in FUSED and places <= {"cpu", "cuda"}:  # one pass over the weights
        return OPTIMIZERS[name](net.parameters(), lr=lr, fused=True)
    return OPTIMIZERS[name](net.parameters(), lr=lr)


def _schedule(choice: str | Callable[[float], float] | None) -> Callable:
    """The factor of the learning rate as a function of progress from 0 to 1."""
    if callable(choice):
        return choice
    if choice == "cosine":
        return _fall
    if choice == "one-cycle":
        return _one_cycle
    if choice is None:
        return lambda _: 1.0
    raise ValueError(
        f'schedule is None, "cosine", "one-cycle" or a function, not {choice!r}'
    )


def _fall(progress: float) -> float:
    """A half-cosine from 1 to 0."""
    return (1 + math.cos(math.pi * progress)) / 2


def _one_cycle(progress: float, rise: float = 0.15, start: float = 0.04) -> float:
    """From `start` of the learning rate to all of it, then down to 0."""
    if progress < rise:
        return start + (1 - start) * progress / rise
    return _fall((progress - rise) / (1 - rise))


def _to_device(batch: Any, device: torch.device) -> Any:
    """The batch with every tensor inside tuples, lists and dicts on the device."""
    from accelerate.utils import send_to_device

    return send_to_device(batch, device)
