"""The controls of an explorer. Each has finitely many states, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Value = Any  # the state of a control: a number, a word or a truth value


def _plain(value: Value) -> Value:
    """A NumPy scalar as the Python number it holds; anything else unchanged."""
    return value.item() if isinstance(value, np.generic) else value


@dataclass(frozen=True)
class Control:
    """A named choice among `states`, starting at `start`.

    name: the keyword under which layers get the value. texts: what the reader
    sees for each state.
    """

    name: str
    label: str
    states: tuple[Value, ...]
    texts: tuple[str, ...]
    start: Value
    kind: str

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"a control's name is an identifier, got {self.name!r}")
        if not self.states or len(set(self.states)) != len(self.states):
            raise ValueError(f"control {self.name!r} needs distinct states")
        if len(self.texts) != len(self.states):
            raise ValueError(
                f"control {self.name!r}: {len(self.states)} states, "
                f"{len(self.texts)} texts"
            )
        self.index(self.start)

    def index(self, value: Value) -> int:
        """The place of a value among the states; ValueError if it is none of them."""
        value = _plain(value)
        if value not in self.states:
            ends = f"{self.states[0]!r} ... {self.states[-1]!r}"
            raise ValueError(f"control {self.name!r} takes {ends}, got {value!r}")
        return self.states.index(value)


def slider(
    name: str,
    label: str,
    values: Iterable[float],
    start: float | None = None,
    texts: Iterable[str] | None = None,
) -> Control:
    """A slider over a list of numbers; `texts` replaces what is shown for each.

    start: the first value unless given.
    """
    states = tuple(_plain(v) for v in values)
    if not states or not np.isfinite(states).all():
        raise ValueError(f"slider {name!r} takes finite numbers, got {states}")
    shown = tuple(f"{v:g}" for v in states) if texts is None else tuple(texts)
    first = states[0] if start is None else _plain(start)
    return Control(name, label, states, shown, first, "slider")


def player(
    name: str, label: str, values: Iterable[float], start: float | None = None
) -> Control:
    """A slider with a button that plays it, for the frames of a clip."""
    made = slider(name, label, values, start)
    texts = tuple(f"{text} of {made.texts[-1]}" for text in made.texts)
    return replace(made, texts=texts, kind="player")


def slider_between(
    name: str,
    label: str,
    low: float,
    high: float,
    step: float,
    start: float | None = None,
) -> Control:
    """A slider from low to high, both included, in equal steps."""
    if not (np.isfinite([low, high, step]).all() and step > 0 and high >= low):
        raise ValueError(f"slider {name!r}: bad range {low} ... {high} by {step}")
    count = round((high - low) / step) + 1
    values = [round(low + k * step, 10) for k in range(count)]
    return slider(name, label, values, start)


def select(
    name: str,
    label: str,
    options: Iterable[str],
    start: str | None = None,
    texts: Iterable[str] | None = None,
) -> Control:
    """A drop-down list of words; `texts` replaces what is shown for each."""
    states = tuple(options)
    first = states[0] if start is None and states else start
    shown = states if texts is None else tuple(texts)
    return Control(name, label, states, shown, first, "select")


def toggle(name: str, label: str, start: bool = False) -> Control:
    """A switch between off (False) and on (True)."""
    return Control(name, label, (False, True), ("off", "on"), start, "toggle")
