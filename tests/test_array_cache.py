"""Arrays that are kept under the hash of what made them; the surface to measure on."""

import numpy as np
import pytest

from data_scripts.array_cache import cached_array
from data_scripts.people.charts import MIRROR_PART
from data_scripts.people.surface import adult


def test_an_array_is_made_once(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    made = []

    def make():
        made.append(1)
        return np.arange(6.0).reshape(2, 3)

    source = np.array([0.1, 0.2])
    for given in (source, source + 1e-7, source):
        assert np.array_equal(cached_array("some", [given], make), make())
    assert len(made) == 4  # three of them here
    cached_array("other", [source], make)
    cached_array("some", [source + 1e-3], make)
    cached_array("some", [source[None]], make)
    assert len(made) == 7
    assert len(list((tmp_path / "arrays").iterdir())) == 4


@pytest.mark.parametrize("resolution", ["low", "full"])
def test_an_adult_is_symmetric_and_as_tall_as_one(resolution):
    surface = adult(resolution)
    assert 1.6 < np.ptp(surface.vertices[:, 2]) < 2.0
    assert np.allclose(np.linalg.norm(surface.normals, axis=1), 1, atol=1e-4)
    assert set(surface.parts.tolist()) == set(range(1, 25))
    assert surface.uv.min() >= 0
    assert surface.uv.max() <= 1
    middle = surface.vertices[surface.faces].mean(axis=1)
    for part, twin in MIRROR_PART.items():
        own, other = (middle[surface.parts == number] for number in (part, twin))
        assert np.allclose(own.mean(axis=0), other.mean(axis=0) * [-1, 1, 1], atol=0.02)
