"""Commands on beliefs about hyperparameters and families."""

from __future__ import annotations

from hitl_widget.domain.belief import Strength
from hitl_widget.domain.commands.registry import Command, Subject, command
from hitl_widget.domain.space import Value
from hitl_widget.domain.spelling import as_tuple, is_number, literal, put
from hitl_widget.errors import CommandError

__all__ = ["Believe", "Withdraw"]


@command("believe", subject=Subject.BELIEFS, undoable=True)
class Believe(Command):
    """State a belief about a hyperparameter or about the families.

    `around` and `spread` (one standard deviation, as a share of the range) describe a bell curve over numbers; `likely`
    names choices or families. A new belief about the same subject replaces the earlier one.

    Examples
    --------
    >>> Believe("svm.C", around=1.0, strength="strong").python()
    'session.believe("svm.C", around=1.0, strength="strong")'
    """

    about: str
    around: float | None = None
    spread: float = 0.1
    likely: tuple[Value, ...] = ()
    strength: Strength = Strength.FAIR

    def __post_init__(self) -> None:
        if not isinstance(self.about, str):
            raise CommandError(f'A belief must be about a hyperparameter or "family"; got {self.about!r}.')
        put(self, "likely", as_tuple(self.likely, "likely choices"))
        if (self.around is None) == (not self.likely):
            raise CommandError("A belief needs either around= or likely=, not both.")
        if self.around is not None and not is_number(self.around):
            raise CommandError(f"around must be a number; got {self.around!r}.")
        if not (is_number(self.spread) and 0 < self.spread <= 1):
            raise CommandError(f"spread must be a share of the range, above 0 and at most 1; got {self.spread!r}.")
        try:
            put(self, "strength", Strength(self.strength))
        except ValueError:
            raise CommandError(f"strength must be one of {', '.join(Strength)}; got {self.strength!r}.") from None

    def python(self) -> str:
        """Return the line of Python that does the same."""
        what = f"likely={literal(list(self.likely))}" if self.likely else f"around={literal(self.around)}"
        spread = "" if self.likely or self.spread == 0.1 else f", spread={literal(self.spread)}"
        return f'session.believe({literal(self.about)}, {what}{spread}, strength="{self.strength}")'


@command("withdraw", subject=Subject.BELIEFS, undoable=True)
class Withdraw(Command):
    """Withdraw a belief.

    Examples
    --------
    >>> Withdraw("svm.C").python()
    'session.withdraw("svm.C")'
    """

    about: str

    def __post_init__(self) -> None:
        if not isinstance(self.about, str):
            raise CommandError(f"A belief must be given by its subject, such as 'family'; got {self.about!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.withdraw({literal(self.about)})"
