"""Files that hold a network: checkpoints of a training run, and weights alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.files import is_main_process, replacing

FORMAT = "course checkpoint 1"
WEIGHTS = Path(__file__).parent / "weights"  # trained on rendered people only


def save_checkpoint(path: str | Path, run: dict, losses: list[float], **parts) -> None:
    """Writes the state of a run; the file at `path` is replaced at once or not at all.

    run: what the run is (see `fit`). losses: one number per finished step. parts: by
    name, the objects to be restored (net, optimizer, scaler); None is left out.
    """
    states = {
        name: part.state_dict() for name, part in parts.items() if part is not None
    }
    with replacing(path) as temporary:
        torch.save(
            {"format": FORMAT, "run": run, "losses": losses, **states}, temporary
        )


def load_checkpoint(path: str | Path, run: dict, net: nn.Module, **parts) -> list:
    """The losses of the finished steps; net and parts take the state of the file.

    Raises ValueError, with the file's name and what to do, when the file is damaged, of
    another program, or of a run or a network that differs from this one. Then nothing
    was changed.
    """
    fix = "Delete the file to start afresh, or give another path."
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        is_ours = state["format"] == FORMAT
    except Exception as error:  # torch.load raises many types for damaged files
        message = f"{path} cannot be read as a checkpoint; half-written? {fix}"
        raise ValueError(message) from error
    if not is_ours:
        raise ValueError(f"{path} is not a checkpoint of this course. {fix}")
    for key, value in run.items():
        if state["run"].get(key) != value:
            found = f"{key}={state['run'].get(key)}, this one has {key}={value}"
            raise ValueError(f"{path} belongs to a run with {found}. {fix}")
    difference = describe_mismatch(net.state_dict(), state["net"])
    if difference:
        raise ValueError(f"{path} belongs to another network: {difference}. {fix}")
    net.load_state_dict(state["net"])
    for name, part in parts.items():
        if part is not None:
            part.load_state_dict(state[name])
    return state["losses"]


def save_weights(net: nn.Module, path: str | Path) -> None:
    """Writes the net's state as half-precision safetensors (one process writes it).

    A tensor with values too large for that, as variances may have, stays as it is.
    Raises ValueError naming a tensor that is not finite.
    """
    from safetensors.torch import save_file

    state = {}
    for name, tensor in net.state_dict().items():
        if not tensor.isfinite().all():
            raise ValueError(f"{name} is not finite; nothing saved")
        kind, limit = tensor.dtype, torch.finfo(torch.float16).max
        if tensor.is_floating_point() and (tensor.abs() <= limit).all():
            kind = torch.float16
        state[name] = tensor.detach().to("cpu", kind, copy=True).contiguous()
    if is_main_process():
        with replacing(path) as temporary:
            save_file(state, temporary, metadata={"format": "pt"})


def load_weights(net: nn.Module, path: str | Path) -> nn.Module:
    """The net in evaluation mode, with the weights of a file by `save_weights`.

    Raises ValueError naming the file and the fix when it is missing, damaged or of
    another network; the net is then unchanged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    fix = "Train the network again and save it with save_weights."
    try:
        state = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ValueError(
            f"{path} cannot be read as weights ({error}). {fix}"
        ) from error
    difference = describe_mismatch(net.state_dict(), state)
    if difference:
        raise ValueError(f"{path} does not fit this network: {difference}. {fix}")
    net.load_state_dict(state)
    return net.eval()


def weights_file(name: str) -> Path:
    """Where the package keeps the weights `name`, as "01_stage1", if it has them."""
    return WEIGHTS / f"{name}.safetensors"


def describe_mismatch(expected: Mapping[str, Tensor], found: Mapping[str, Any]) -> str:
    """The first difference in names or shapes in words; empty when there is none."""
    for name in expected:
        if name not in found:
            return f"{name} is missing in the file"
        want, have = tuple(expected[name].shape), tuple(found[name].shape)
        if want != have:
            return f"{name} has shape {have} in the file, {want} in the network"
    surplus = [name for name in found if name not in expected]
    return f"{surplus[0]} is not in the network" if surplus else ""


@dataclass(frozen=True)
class Checkpoint:
    """The file to continue from, if any: what must agree with it, what it restores."""

    path: str | Path | None
    run: dict
    parts: dict[str, Any]

    def load(self) -> list[float]:
        """The losses so far; the parts are restored where the file exists."""
        if self.path is None or not Path(self.path).exists():
            return []
        return load_checkpoint(self.path, self.run, **self.parts)

    def save(self, losses: list[float]) -> None:
        """Writes the file, where one is wanted and by the main process only."""
        if self.path is not None and is_main_process():
            save_checkpoint(self.path, self.run, losses, **self.parts)
