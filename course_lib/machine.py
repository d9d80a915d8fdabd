"""What a stored result says about the machine and the versions it was made with."""

from __future__ import annotations

import os
import platform
from importlib import metadata


def device_name() -> str:
    """The device as results name it: "CPU (2 cores)", "2 x NVIDIA A100-SXM4-40GB"."""
    import torch  # here, because only a run that is recorded asks

    from course_lib.training import pick_device

    device, processes = pick_device(), int(os.environ.get("WORLD_SIZE", "1"))
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    elif device.type == "mps":
        name = f"Apple GPU ({platform.machine()})"
    else:
        return f"CPU ({os.cpu_count()} cores)"
    return f"{processes} x {name}" if processes > 1 else name


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that decide about numbers."""
    packages = ("numpy", "scipy", "torch")
    found = {name: metadata.version(name) for name in packages}
    return {"python": platform.python_version(), **found}
