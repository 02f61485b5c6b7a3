"""A complaint names the file, the place, what is wrong and the remedy."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Complaint:
    """One thing that is wrong. `line` and `column` count from 1; `path` is as the reader knows the file."""

    path: str
    line: int
    column: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.what}: {self.remedy}"


class ContentRefused(Exception):
    """What was written cannot be used; `complaints` says why, all of it at once."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints))
        self.complaints = complaints
