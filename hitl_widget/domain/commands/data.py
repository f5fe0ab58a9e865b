"""Commands on the data: roles, missing cells, encodings and custom transforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal, TypedDict

from hitl_widget.domain.commands.registry import NOT_IN_JSON, Command, Running, Subject, command
from hitl_widget.domain.data_choices import AUTO, ENCODINGS, FILLINGS, Filling
from hitl_widget.domain.spelling import as_tuple, dict_literal, is_number, is_text, kind_of, literal, put
from hitl_widget.domain.task import Role
from hitl_widget.errors import CommandError, nothing_changes

__all__ = ["AddTransform", "ChangeData", "RemoveTransform", "SetMetric"]

_LETTERS, _CODES = 500, 20

RoleChoice = Role | Literal["auto"]
"""A role, or "auto" for the role that was inferred from the table."""


class FilledWith(TypedDict):
    """A value that replaces each missing cell."""

    value: str | float


@command("change_data", subject=Subject.DATA, undoable=True)
class ChangeData(Command):
    """Change how models use columns.

    `roles` takes a role or ``"auto"`` (the inferred role); `filling` one of `FILLINGS` or ``{"value": x}``; `encoding`
    one of `ENCODINGS`; `missing` the values to treat as missing, or none. Running trials, which read the previous
    columns, finish or are canceled, as `running` says: ``"finish"`` or ``"cancel"``.

    Examples
    --------
    >>> ChangeData(roles={"zip": "categorical"}).python()
    'session.set_role("zip", "categorical")'
    """

    roles: Mapping[str, str] = field(default_factory=dict, metadata={"json_type": Mapping[str, RoleChoice]})
    filling: Mapping[str, Filling] = field(default_factory=dict, metadata={"json_type": Mapping[str, str | FilledWith]})
    encoding: Mapping[str, str] = field(default_factory=dict)
    running: Running = "finish"
    missing: Mapping[str, tuple[str | float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("roles", "filling", "encoding", "missing"):
            given = getattr(self, name)
            if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
                raise CommandError(f'{name} must be a dict by column, such as {{"age": …}}; got {kind_of(given)}.')
            put(self, name, {key: _plain(value) for key, value in given.items()})
        _check_words("A role", self.roles, (AUTO, *map(str, Role)))
        _check_words("An encoding", self.encoding, ENCODINGS[Role.CATEGORICAL])
        ways = tuple(dict.fromkeys(way for them in FILLINGS.values() for way in them))
        _check_words("Missing cells", {name: way for name, way in self.filling.items() if isinstance(way, str)}, ways)
        for name, way in self.filling.items():
            if not isinstance(way, str):
                _check_value(name, way)
        put(self, "missing", {name: _checked_codes(name, values) for name, values in self.missing.items()})
        if self.running not in ("finish", "cancel"):
            raise CommandError(f'running must be "finish" or "cancel"; got {self.running!r:.100}.')
        if not (self.roles or self.filling or self.encoding or self.missing):
            raise CommandError(nothing_changes("give roles, filling, encoding or missing"))

    def python(self) -> str:
        """Return the line of Python that does the same."""
        more = "" if self.running == "finish" else ', running="cancel"'
        given = [bool(self.roles), bool(self.filling), bool(self.encoding), bool(self.missing)]
        if given == [True, False, False, False] and not more:
            if set(self.roles.values()) == {str(Role.IGNORED)}:
                return f"session.drop({', '.join(map(literal, self.roles))})"
            if len(self.roles) == 1:
                ((name, role),) = self.roles.items()
                return f"session.set_role({literal(name)}, {literal(role)})"
        if given == [False, True, False, False] and len(self.filling) == 1 and not more:
            ((name, way),) = self.filling.items()
            how = literal(way) if isinstance(way, str) else f"value={literal(way['value'])}"
            return f"session.fill({literal(name)}, {how})"
        if given == [False, False, True, False] and len(self.encoding) == 1 and not more:
            ((name, way),) = self.encoding.items()
            return f"session.encode({literal(name)}, {literal(way)})"
        if given == [False, False, False, True] and len(self.missing) == 1 and not more:
            ((name, values),) = self.missing.items()
            return f"session.set_missing({', '.join([literal(name), *map(literal, values)])})"
        words = ("roles", "filling", "encoding")
        parts = [f"{word}={dict_literal(getattr(self, word))}" for word in words if getattr(self, word)]
        if self.missing:
            parts.append(f"missing={dict_literal({name: list(values) for name, values in self.missing.items()})}")
        return f"session.change_data({', '.join(parts)}{more})"


@command("add_transform", subject=Subject.DATA, page=False, undoable=True)
class AddTransform(Command):
    """Add a custom transform.

    Examples
    --------
    >>> AddTransform("share", ("rooms", "people"), "function").python()
    'session.add_transform("share", function, ["rooms", "people"])'
    """

    name: str
    columns: tuple[str, ...]
    what: str
    code: bytes = field(default=b"", metadata=NOT_IN_JSON)

    def __post_init__(self) -> None:
        put(self, "columns", as_tuple(self.columns, "columns of a transform"))

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.add_transform({literal(self.name)}, {self.what or 'transform'}, {literal(list(self.columns))})"


@command("remove_transform", subject=Subject.DATA, undoable=True)
class RemoveTransform(Command):
    """Remove a custom transform.

    Examples
    --------
    >>> RemoveTransform("share").python()
    'session.remove_transform("share")'
    """

    name: str

    def __post_init__(self) -> None:
        if not is_text(self.name):
            raise CommandError(f"The name of a transform must be a text; got {self.name!r:.100}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.remove_transform({literal(self.name)})"


@command("set_metric", subject=Subject.DATA, undoable=True)
class SetMetric(Command):
    """Score models by another metric; stored predictions of earlier trials are scored again at once.

    Examples
    --------
    >>> SetMetric("average_precision").python()
    'session.set_metric("average_precision")'
    """

    metric: str

    def __post_init__(self) -> None:
        if not is_text(self.metric):
            raise CommandError(f"A metric must be the name of a scorer; got {self.metric!r:.100}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.set_metric({literal(self.metric)})"


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value) if isinstance(value, str) else value


def _check_words(what: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name, word in given.items():
        if word not in known:
            listed = ", ".join(map(repr, known))
            raise CommandError(f"{what} must be one of {listed}; got {word!r:.100} for {name!r:.100}.")


def _checked_codes(name: str, values: Any) -> tuple[str | float, ...]:
    codes = as_tuple(values, f"values of {name!r:.100} that stand for missing cells")
    if len(codes) > _CODES:
        raise CommandError(f"At most {_CODES} values can stand for missing cells; got {len(codes)} for {name!r:.100}.")
    for one in codes:
        if not (is_number(one) or (isinstance(one, str) and is_text(one) and len(one) <= _LETTERS)):
            raise CommandError(f"A value that stands for a missing cell must be a number or a text; got {one!r:.100}.")
    return tuple(dict.fromkeys(codes))


def _check_value(name: str, way: Any) -> None:
    value = way.get("value") if isinstance(way, Mapping) and set(way) == {"value"} else None
    if is_number(value) or (isinstance(value, str) and is_text(value) and len(value) <= _LETTERS):
        return
    raise CommandError(
        f'The filling of {name!r:.100} must be a method such as "median", or {{"value": a number or a '
        f"text}}; got {way!r:.100}."
    )
