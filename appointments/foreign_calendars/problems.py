"""Why a calendar could not be read, for those who only may know that much."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    ADDRESS = "address"
    ANSWER = "answer"
    SIZE = "size"
    CONTENT = "content"


class CannotReadError(Exception):
    """Carries nothing but the problem: what else is known is nobody's here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem
