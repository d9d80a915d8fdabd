"""Fixtures that several test files use."""

from pathlib import Path

import pytest
from rendered_sets import COUNTS, sharded

from data_scripts.people.prepare import prepare_spec
from data_scripts.people.render import Renderer
from data_scripts.people.write import one_thread


@pytest.fixture(scope="module")
def easy(tmp_path_factory) -> Path:
    """A finished small set of single people, shards of two samples."""
    folder = tmp_path_factory.mktemp("easy") / "set"
    return prepare_spec(sharded(), folder, 0, 1, COUNTS)


@pytest.fixture(scope="module")
def renderer():
    """The renderer of the low body, on one thread as when sets are rendered."""
    with one_thread():
        yield Renderer()
