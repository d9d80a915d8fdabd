"""Arrays that take long to compute, kept on disk under the hash of what made them."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from course_lib.files import replacing
from data_scripts.files import cache_dir


def cached_array(
    name: str, sources: Sequence[np.ndarray], make: Callable[[], np.ndarray]
) -> np.ndarray:
    """What `make()` returns; from the course's cache if it was made before.

    name: says what it is and how it is made; another way needs another name. sources:
    the arrays that it is made from; floats count to the fourth digit, so that another
    processor's rounding is no other source.
    """
    digest = hashlib.sha256(name.encode())
    for source in sources:
        is_float = np.issubdtype(source.dtype, np.floating)
        whole = np.rint(1e4 * source) if is_float else source
        digest.update(str(source.shape).encode())
        digest.update(np.ascontiguousarray(whole.astype(np.int64)).tobytes())
    path = cache_dir() / "arrays" / f"{name}-{digest.hexdigest()[:16]}.npy"
    if not path.exists():
        array = make()
        with replacing(path) as temporary, open(temporary, "wb") as file:
            np.save(file, array)
    return np.load(path)
