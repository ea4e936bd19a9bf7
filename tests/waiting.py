"""Waiting for what another process does: a condition and a deadline, never a fixed pause."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(condition: Callable[[], T], deadline: float = 10.0, said: str = "") -> T:
    """The first true value of condition, asked every 50 ms until the deadline (seconds)."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"still not so after {deadline} s: {said or condition}")
        time.sleep(0.05)
