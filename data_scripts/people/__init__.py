"""Rendered people with exact labels: `prepare(name)` gives the folder of a set."""

from data_scripts.files import DataError
from data_scripts.people.prepare import prepare

__all__ = ["DataError", "prepare"]
