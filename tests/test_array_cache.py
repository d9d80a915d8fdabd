"""Arrays that are kept under the hash of what made them."""

import numpy as np
import pytest

from course_lib.files import DataError
from data_scripts.array_cache import cached_array


def test_an_array_is_made_once(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    made = []

    def make():
        made.append(1)
        return np.arange(6.0).reshape(2, 3)

    source = np.array([0.1, 0.2])
    for _ in range(3):
        assert np.array_equal(cached_array("some", [source], make), make())
    assert len(made) == 4  # three of them here
    cached_array("other", [source], make)
    cached_array("some", [source + 1e-9], make)
    cached_array("some", [source[None]], make)
    cached_array("some", [source.astype(np.float32)], make)
    assert len(made) == 8
    assert len(list((tmp_path / "arrays").iterdir())) == 5


@pytest.mark.parametrize("content", [b"", b"junk", None])
def test_a_damaged_file_is_made_anew(monkeypatch, tmp_path, content):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    wanted = cached_array("some", [], lambda: np.arange(9.0))
    (path,) = (tmp_path / "arrays").iterdir()
    path.write_bytes(path.read_bytes()[:-8] if content is None else content)
    assert np.array_equal(cached_array("some", [], lambda: wanted), wanted)
    assert np.array_equal(np.load(path), wanted)


def test_a_cache_that_cannot_be_written_is_named(monkeypatch, tmp_path):
    (tmp_path / "arrays").write_text("in the way")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    with pytest.raises(DataError, match="arrays"):
        cached_array("some", [], lambda: np.zeros(2))
