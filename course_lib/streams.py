"""Random streams and Ctrl-C of a training run."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


def seed_step(seed: int, step: int, rank: int, device: torch.device):
    """The generator of a step; dropout gets a stream of its own from the same seed."""
    sequence = np.random.SeedSequence([seed, step, rank])
    batches, dropout = (int(s) for s in sequence.generate_state(2, np.uint64))
    torch.default_generator.manual_seed(dropout)
    if device.type == "cuda":
        torch.cuda.manual_seed(dropout)
    elif device.type == "mps":
        torch.mps.manual_seed(dropout)
    return torch.Generator().manual_seed(batches)


@contextmanager
def own_random_stream(device: torch.device) -> Iterator[None]:
    """Puts the global random streams back as they were (Apple's excepted)."""
    devices = [torch.cuda.current_device()] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        yield


@contextmanager
def late_interrupt(accelerator: Any) -> Iterator[list[int]]:
    """Yields a list that the first Ctrl-C fills; the second one raises as usual.

    So a step is never cut in two. Several processes cannot agree on a last step: there,
    and outside the main thread, Ctrl-C raises at once.
    """
    asked: list[int] = []
    is_main_thread = threading.current_thread() is threading.main_thread()
    if accelerator.num_processes > 1 or not is_main_thread:
        yield asked
        return

    def note(number: int, _: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
