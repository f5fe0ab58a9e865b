"""A user's estimator to copy, or the class or function that makes one."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hitl_widget.data.hints import did_you_mean
from hitl_widget.errors import ConfigError

__all__ = ["Blueprint"]

_SINGLE = ("n_jobs", "thread_count")


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A blueprint of a custom estimator.

    Parameters
    ----------
    given
        An estimator instance, which is never fitted itself; or a class or function that is called with parameters.

    Raises
    ------
    ConfigError
        When it can be neither copied and fitted nor called.
    """

    given: Any

    def __post_init__(self) -> None:
        if not (self.is_instance or callable(self.given)):
            raise ConfigError(
                "A learner must be an estimator with fit and predict, or a class or function that creates one; "
                f"got {type(self.given).__name__}."
            )

    @property
    def is_instance(self) -> bool:
        """True for an estimator, False for what makes one."""
        return not inspect.isclass(self.given) and hasattr(self.given, "fit")

    @property
    def title(self) -> str:
        """The name of the class or function."""
        named = type(self.given) if self.is_instance else getattr(self.given, "func", self.given)
        return str(getattr(named, "__name__", type(named).__name__))

    def values(self) -> dict[str, Any]:
        """Return the parameters with their present values, `inspect.Parameter.empty` where there is none."""
        if not self.is_instance:
            return {one.name: one.default for one in self._signature() if one.kind not in _STARS}
        if hasattr(self.given, "get_params"):
            return dict(self.given.get_params(deep=True))
        return {name: value for name, value in vars(self.given).items() if not name.startswith("_")}

    def check_names(self, names: Mapping[str, Any]) -> None:
        """Raise ConfigError, naming the near ones, when some name is no parameter of the estimator.

        Those of estimators inside are known once it is built.
        """
        known = self.values()
        if self._takes_any():
            return
        for name in names:
            inside = "__" in name and not self.is_instance
            if name not in known and not inside:
                near = did_you_mean(name, known) or f" It has {', '.join(known) or 'none'}."
                raise ConfigError(f"{self.title} has no parameter {name!r}.{near}")

    def build(self, params: Mapping[str, Any], seed: int) -> Any:
        """Return a new estimator with these parameters, a seed where it takes one, and one thread."""
        if not self.is_instance:
            return _settled(self._called(params), params, seed)
        if hasattr(self.given, "get_params"):
            from sklearn.base import clone

            model = clone(self.given)
            return _settled(model.set_params(**params) or model, params, seed)
        model = copy.deepcopy(self.given)
        for name, value in params.items():
            setattr(model, name, value)
        return _settled(model, params, seed)

    def _called(self, params: Mapping[str, Any]) -> Any:
        direct = {name for name in params if "__" not in name or name in self.values()}
        model = self.given(**{name: params[name] for name in params if name in direct})
        nested = {name: params[name] for name in params if name not in direct}
        if nested:
            model.set_params(**nested)
        return model

    def _signature(self) -> list[inspect.Parameter]:
        try:
            return list(inspect.signature(self.given).parameters.values())
        except (TypeError, ValueError):
            return [inspect.Parameter("parameters", inspect.Parameter.VAR_KEYWORD)]

    def _takes_any(self) -> bool:
        """Return whether it takes parameters that it does not name, as LightGBM's estimators do."""
        made_by = type(self.given).__init__ if self.is_instance else self.given
        if self.is_instance and not hasattr(self.given, "get_params"):
            return False
        try:
            named = inspect.signature(made_by).parameters.values()
        except (TypeError, ValueError):
            return True
        return any(one.kind is inspect.Parameter.VAR_KEYWORD for one in named)


_STARS = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def _settled(model: Any, params: Mapping[str, Any], seed: int) -> Any:
    """Set seeds and threads, also of estimators inside, but for those that the parameters name."""
    wanted = {"random_state": seed, **dict.fromkeys(_SINGLE, 1)}
    if not hasattr(model, "get_params"):
        for name, value in wanted.items():
            if hasattr(model, name) and name not in params:
                setattr(model, name, value)
        return model
    found = {
        name: wanted[leaf]
        for name in model.get_params(deep=True)
        if (leaf := name.rsplit("__", 1)[-1]) in wanted and name not in params
    }
    if found:
        model.set_params(**found)
    return model
