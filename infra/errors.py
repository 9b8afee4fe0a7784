"""The two errors of the outside world that every layer tells apart.

ChosoError            a person can read it: subject, fact, cause
├── Unavailable       the same thing again later may work: back off and repeat
└── Refused           never again without a change: stop and say so
"""


class ChosoError(Exception):
    """Subject, fact and cause, for a person; `code` is the part's own number for it, or None.

    `said` is text, or a message (schemas/message.py) that is put into words where it is shown.
    """

    def __init__(self, said: object, *, code: int | None = None) -> None:
        super().__init__(str(said))
        self.said = said
        self.code = code


class Unavailable(ChosoError):
    """A part did not answer or could not take the work now; repeat the same work later."""


class Refused(ChosoError):
    """A setting, a state or an input that cannot work; someone must change something first."""
