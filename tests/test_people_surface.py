"""The surface to measure on: an adult who stands upright."""

import numpy as np
import pytest

from data_scripts.people.charts import MIRROR_PART
from data_scripts.people.surface import adult


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
