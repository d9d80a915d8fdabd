"""Arrays that take long to compute, kept on disk under the hash of what made them."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from course_lib.files import replacing
from data_scripts.files import cache_dir, plain_errors


def cached_array(
    name: str, sources: Sequence[np.ndarray], make: Callable[[], np.ndarray]
) -> np.ndarray:
    """What `make()` returns; from the course's cache if it was made before.

    name: says what it is and how it is made; another way, also a change of `make`
    itself, needs another name. sources: the arrays that it is made from; any difference
    in them makes it anew, and so does a damaged file. Raises DataError naming the file
    when the cache cannot be written.
    """
    digest = hashlib.sha256(name.encode())
    for source in sources:
        digest.update(f"{source.dtype}{source.shape}".encode())
        digest.update(np.ascontiguousarray(source).tobytes())
    path = cache_dir() / "arrays" / f"{name}-{digest.hexdigest()[:16]}.npy"
    with plain_errors(path):
        if path.exists():
            try:
                return np.load(path)
            except (EOFError, ValueError):
                pass  # damaged: made anew
        array = make()
        with replacing(path) as temporary, open(temporary, "wb") as file:
            np.save(file, array)
    return array
