"""A user's choices about columns, as a step between the canonical table and a recipe: fill, transform, encode."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from hitl_widget.data.cells import cell_text
from hitl_widget.data.dates import plain_dates
from hitl_widget.domain.data_choices import AUTO, FILLINGS, Filling
from hitl_widget.domain.figures import listed
from hitl_widget.domain.task import Role
from hitl_widget.errors import DataError

__all__ = ["ColumnChoices", "Shaped", "as_category", "made_columns"]

_MOST_COLUMNS = 2000


class ColumnChoices(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Fill missing cells, add custom columns, and encode categories, as the user chose.

    Everything is learned in `fit`, on training rows only; means of the target are cross-fitted.

    Parameters
    ----------
    kind
        ``"binary"``, ``"multiclass"`` or ``"regression"``.
    filling
        Column -> ``"median"``, ``"mean"``, ``"most_frequent"``, ``"own_level"`` or ``{"value": x}``.
    encoding
        Category -> ``"one_hot"``, ``"ordinal"``, ``"target_mean"`` or ``"frequency"``.
    transforms
        Each (name, columns, function or unfitted transformer).
    read_only : sequence of str
        Columns that transforms read and models do not.

    Attributes
    ----------
    sources_ : dict
        Each column made here -> the one column of the table that it is made of, or itself where there are several.
    made_ : dict
        Transform -> the columns that it makes.
    """

    def __init__(
        self,
        kind: str = "regression",
        filling: Mapping[str, Filling] | None = None,
        encoding: Mapping[str, str] | None = None,
        transforms: Sequence[tuple[str, tuple[str, ...], Any]] = (),
        read_only: Sequence[str] = (),
    ) -> None:
        self.kind = kind
        self.filling = filling
        self.encoding = encoding
        self.transforms = transforms
        self.read_only = read_only

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to pickle, with custom code by value, since no other process has the notebook."""
        state = dict(super().__getstate__())
        if not self.transforms:
            return state
        import cloudpickle

        own = {name: state.pop(name) for name in ("transforms", "fitted_") if name in state}
        return {**state, "own": cloudpickle.dumps(own, protocol=5)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the state of `__getstate__`."""
        own = pickle.loads(state["own"]) if "own" in state else {}  # noqa: S301 - part of the same pickle
        super().__setstate__({**{name: value for name, value in state.items() if name != "own"}, **own})

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn from canonical rows, shape (n, p), and their targets, shape (n,)."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: pd.DataFrame, y: Any = None, **params: Any) -> pd.DataFrame:
        """Return canonical rows of shape (n, q)."""
        self.feature_names_in_ = np.array(list(X.columns), dtype=object)
        self.fills_ = {
            name: _fill_value(X[name], way)
            for name, way in (self.filling or {}).items()
            if name in X.columns and way != AUTO and _suits(X[name], way)
        }
        table = self._filled(X)
        self.fitted_: list[Any] = []
        self.levels_: dict[str, pd.Index[Any]] = {}
        self.sources_: dict[str, str] = {}
        self.made_: dict[str, list[str]] = {}
        self.given_: dict[str, list[str]] = {}
        for name, columns, what in self.transforms:
            made, fitted = _fitted_columns(name, table[list(columns)], what, y)
            self.fitted_.append(fitted)
            self.given_[name] = list(made.columns)
            self.made_[name] = made.columns = _unlike(made.columns, table.columns)
            for column in made.columns:
                if isinstance(made[column].dtype, pd.CategoricalDtype):
                    self.levels_[column] = made[column].cat.categories
                self.sources_[column] = columns[0] if len(columns) == 1 else column
            table = self._joined(table, made)
        return self._encoded(table.drop(columns=list(self.read_only)), y, fitting=True)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return canonical rows of shape (n, q)."""
        check_is_fitted(self)
        table = self._filled(X)
        for (name, columns, _), fitted in zip(self.transforms, self.fitted_, strict=True):
            if not set(self.made_[name]) <= set(X.columns):
                table = self._joined(table, self._made(name, table[list(columns)], fitted))
            for column in self.made_[name]:
                table[column] = self._aligned(column, table[column])
        return self._encoded(table.drop(columns=[name for name in self.read_only if name in table.columns]))

    def _made(self, name: str, table: pd.DataFrame, fitted: Any) -> pd.DataFrame:
        made, given = _made(name, table, fitted), self.given_[name]
        if set(made.columns) != set(given):
            raise DataError(
                f"The transform {name!r} returned the columns {listed(map(repr, given))} for the rows that it was "
                f"fitted on, and {listed(map(repr, made.columns))} for others. It must return the same columns "
                "for all rows."
            )
        made = made[given]
        made.columns = self.made_[name]
        return made

    def _aligned(self, column: str, values: pd.Series[Any]) -> pd.Series[Any]:
        """Return a made column as the fit knows it; other levels are missing."""
        levels = self.levels_.get(column)
        if levels is not None:
            return as_category(values).cat.set_categories(levels)
        if isinstance(values.dtype, pd.CategoricalDtype):
            return pd.to_numeric(values.astype(object), errors="coerce").astype(np.float64)
        return values

    def beside(self, X: pd.DataFrame) -> pd.DataFrame | None:
        """Return the rows with the columns that functions of several columns make of them, the same in each fold.

        These stand for the columns that nothing else reads. None where a column of several is learned, so that it is
        another one in each fold.
        """
        check_is_fitted(self)
        for (name, columns, what), fitted in zip(self.transforms, self.fitted_, strict=True):
            if len(columns) == 1:
                continue
            learnt = any(not isinstance((self.filling or {}).get(one, {}), Mapping) for one in columns)
            if hasattr(what, "fit") or learnt:
                return None
            X = self._joined(X, self._made(name, self._filled(X)[list(columns)], fitted))
        whole = [name for name, columns, _ in self.transforms if len(columns) > 1]
        read = {one for name, columns, _ in self.transforms if name not in whole for one in columns}
        return X.drop(columns=[name for name in self.read_only if name not in read])

    def _filled(self, X: pd.DataFrame) -> pd.DataFrame:
        table = X.copy(deep=False)
        for name, value in self.fills_.items():
            if name not in table.columns:
                continue
            column = table[name]
            if isinstance(column.dtype, pd.CategoricalDtype) and value not in column.cat.categories:
                column = column.cat.add_categories([value])
            table[name] = column.fillna(value)
        return table

    def _joined(self, table: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
        made.index = table.index
        return pd.concat([table, made], axis=1)

    def _encoded(self, table: pd.DataFrame, y: Any = None, *, fitting: bool = False) -> pd.DataFrame:
        if fitting:
            self.encoders_: dict[str, Any] = {}
            self.encoded_: dict[str, list[str]] = {}
        out: dict[str, Any] = {}
        for name in table.columns:
            way = (self.encoding or {}).get(name, AUTO)
            column = table[name]
            if way == AUTO or not isinstance(column.dtype, pd.CategoricalDtype):
                out[name] = column
                continue
            if fitting:
                self.encoders_[name] = _Encoder(way, self.kind)
                made = self.encoders_[name].fit_transform(column, y)
                others = [*out, *(one for one in table.columns if one != name)]
                self.encoded_[name] = _unlike([name + part for part in made], others)
            else:
                made = self.encoders_[name].transform(column)
            for part, values in zip(self.encoded_[name], made.values(), strict=True):
                out[part] = values
                self.sources_[part] = self.sources_.get(name, name)
        return pd.DataFrame(out, index=table.index)


class _Encoder:
    """One category as numbers."""

    def __init__(self, way: str, kind: str) -> None:
        self.way = way
        self.kind = kind

    def fit_transform(self, column: pd.Series[Any], y: Any) -> dict[str, np.ndarray]:
        codes = np.asarray(column.cat.codes, np.int64)
        self.names = [str(level) for level in column.cat.categories]
        self.gaps = bool((codes < 0).any())
        if self.way == "frequency":
            counts = np.bincount(codes[codes >= 0], minlength=len(self.names)).astype(np.float64)
            self.shares = counts / max(len(codes), 1)
        if self.way == "target_mean":
            return self._means(codes, y)
        return self.transform(column)

    def transform(self, column: pd.Series[Any]) -> dict[str, np.ndarray]:
        codes = np.asarray(column.cat.codes, np.int64)
        match self.way:
            case "one_hot":
                made = {f" = {name}": (codes == i).astype(np.float64) for i, name in enumerate(self.names)}
                return {**made, " missing": (codes < 0).astype(np.float64)} if self.gaps else made
            case "ordinal":
                return {"": np.where(codes < 0, np.nan, codes.astype(np.float64))}
            case "frequency":
                return {"": np.append(self.shares, np.nan)[codes]}
            case _:
                return self._spread(np.asarray(self.encoder.transform(codes[:, None]), np.float64))

    def _means(self, codes: np.ndarray, y: Any) -> dict[str, np.ndarray]:
        from sklearn.model_selection import KFold, StratifiedKFold
        from sklearn.preprocessing import TargetEncoder

        target = {"binary": "binary", "multiclass": "multiclass"}.get(self.kind, "continuous")
        fewest = len(y) if target == "continuous" else int(np.unique(y, return_counts=True)[1].min())
        if fewest < 2:
            target, y, fewest = "continuous", np.asarray(y, np.float64), len(y)
        splitter = KFold if target == "continuous" else StratifiedKFold
        folds = splitter(max(2, min(5, fewest)), shuffle=True, random_state=0)
        self.encoder = TargetEncoder(target_type=target, cv=folds)
        return self._spread(np.asarray(self.encoder.fit_transform(codes[:, None], y), np.float64))

    def _spread(self, means: np.ndarray) -> dict[str, np.ndarray]:
        if means.shape[1] == 1:
            return {" mean": means[:, 0]}
        return {f" mean {i + 1}": means[:, i] for i in range(means.shape[1])}


def _unlike(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Return names, with a line at the end of those that are taken."""
    known, found = set(taken), []
    for name in names:
        while name in known:
            name += "_"
        known.add(name)
        found.append(name)
    return found


def _suits(column: pd.Series[Any], way: Filling) -> bool:
    """Return whether a way of encoding fits a column as it is read; a column that only transforms read may differ."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return isinstance(way, Mapping) or way in FILLINGS[Role.CATEGORICAL]
    if column.dtype.kind != "f":
        return False
    return not isinstance(way["value"], str) if isinstance(way, Mapping) else way in FILLINGS[Role.NUMERIC]


def _fill_value(column: pd.Series[Any], way: Filling) -> Any:
    """Return the value that fills missing cells of a column."""
    if isinstance(way, Mapping):
        value = way["value"]
        return cell_text(value) if isinstance(column.dtype, pd.CategoricalDtype) else float(value)
    if way == "own_level":
        return _new_level(column)
    here = column.dropna()
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _new_level(column) if here.empty else here.value_counts().idxmax()
    if here.empty:
        return 0.0
    match way:
        case "mean":
            return float(here.mean())
        case "most_frequent":
            return float(here.mode().iloc[0])
        case _:
            return float(here.median())


def _new_level(column: pd.Series[Any]) -> str:
    name = "missing"
    while name in column.cat.categories:
        name = f"{name}_"
    return name


def made_columns(name: str, table: pd.DataFrame, what: Any, y: Any = None) -> pd.DataFrame:
    """Return the new columns that a transform makes of some rows, as models would get them.

    Parameters
    ----------
    name
        Its name.
    table : DataFrame of shape (n, k)
        The columns that it reads.
    what
        A function of the table, or an unfitted transformer.
    y : ndarray of shape (n,), optional
        Targets, for transformers that learn from them.

    Raises
    ------
    DataError
        If it does not return one row per row, or returns anything but numbers, texts or dates.
    """
    return _fitted_columns(name, table, what, y)[0]


def _fitted_columns(name: str, table: pd.DataFrame, what: Any, y: Any) -> tuple[pd.DataFrame, Any]:
    if not hasattr(what, "fit"):
        return _made(name, table, what), what
    fitted = clone(what)
    raw = fitted.fit_transform(table.copy(), y) if hasattr(fitted, "fit_transform") else fitted.fit(table.copy(), y)
    if raw is fitted:
        raw = fitted.transform(table.copy())
    return _as_columns(name, raw, len(table), fitted), fitted


def _made(name: str, table: pd.DataFrame, fitted: Any) -> pd.DataFrame:
    raw = fitted.transform(table.copy()) if hasattr(fitted, "transform") else fitted(table.copy())
    return _as_columns(name, raw, len(table), fitted)


def _as_columns(name: str, raw: Any, rows: int, what: Any) -> pd.DataFrame:
    """Return what a transform gave as canonical columns, named by it."""
    if hasattr(raw, "toarray"):
        raw = raw.toarray()
    if hasattr(raw, "to_pandas"):
        raw = raw.to_pandas()
    if not isinstance(raw, pd.DataFrame):
        array: Any = raw.array if isinstance(raw, pd.Series) else np.asarray(raw)
        if np.ndim(array) not in (1, 2) or len(array) != rows:
            raise DataError(
                f"The transform {name!r} must return a value or a row of values per row; for {rows:,} rows it "
                f"returned {type(raw).__name__} of shape {np.shape(array)}."
            )
        raw = pd.DataFrame({"": array}) if np.ndim(array) == 1 else pd.DataFrame(array, columns=_names(what, array))
    if len(raw) != rows:
        raise DataError(f"The transform {name!r} must return one row per row; it returned {len(raw):,} for {rows:,}.")
    if not 1 <= raw.shape[1] <= _MOST_COLUMNS:
        raise DataError(
            f"The transform {name!r} can return 1 to {_MOST_COLUMNS:,} columns; it returned {raw.shape[1]:,}."
        )
    single = raw.shape[1] == 1
    made = {
        name if single else f"{name} {column}": _canonical(name, raw.iloc[:, i]) for i, column in enumerate(raw.columns)
    }
    if len(made) < raw.shape[1]:
        raise DataError(f"The transform {name!r} returns two columns with the same name. Use unique names.")
    return pd.DataFrame(made)


def _names(what: Any, array: np.ndarray) -> list[str]:
    if hasattr(what, "get_feature_names_out"):
        try:
            found = [str(one) for one in what.get_feature_names_out()]
        except (ValueError, AttributeError, TypeError):
            found = []
        if len(found) == array.shape[1]:
            return found
    return [str(i + 1) for i in range(array.shape[1])]


def _canonical(name: str, values: pd.Series[Any]) -> Any:
    values = values.reset_index(drop=True)
    if values.dtype.kind in "fiub" and isinstance(values.dtype, np.dtype):
        numbers = values.to_numpy(np.float64, copy=True)
        numbers[np.isinf(numbers)] = np.nan
        return numbers
    if values.dtype.kind == "M":
        return plain_dates(values)
    if not isinstance(values.dtype, np.dtype) and pd.api.types.is_numeric_dtype(values.dtype):
        return values.to_numpy(np.float64, na_value=np.nan)
    cells = [None if _is_gone(one) else one for one in values.astype(object)]
    cells = [str(one) if isinstance(one, pd.Interval | pd.Period) else one for one in cells]
    if all(isinstance(one, int | float | np.number | None) and not isinstance(one, bool) for one in cells):
        return np.array([np.nan if one is None else float(one) for one in cells])
    if all(isinstance(one, str | bool | int | float | np.generic | None) for one in cells):
        return _category(cells)
    raise DataError(f"The transform {name!r} must return numbers, texts or dates; got cells of type {values.dtype}.")


def as_category(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return values as a column of categories."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values
    return pd.Series(_category(list(values.astype(object))), index=values.index)


def _is_gone(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float | np.floating) and np.isnan(cell))


def _category(cells: list[Any]) -> pd.Categorical:
    texts = [None if _is_gone(one) else cell_text(one) for one in cells]
    return pd.Categorical(texts, categories=sorted({one for one in texts if one is not None}))


class Shaped(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A recipe after the user's choices about columns.

    Parameters
    ----------
    choices : ColumnChoices
        The choices.
    recipe
        The recipe, see `hitl_widget.learners.recipes`.
    """

    def __init__(self, choices: ColumnChoices, recipe: Any) -> None:
        self.choices = choices
        self.recipe = recipe

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn from canonical rows, shape (n, p), and their targets, shape (n,)."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: pd.DataFrame, y: Any = None, **params: Any) -> np.ndarray:
        """Return the recipe's matrix, shape (n, d)."""
        self.n_features_in_ = X.shape[1]
        found: np.ndarray = self.recipe.fit_transform(self.choices.fit_transform(X, y), y)
        return found

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return the recipe's matrix, shape (n, d)."""
        found: np.ndarray = self.recipe.transform(self.choices.transform(X))
        return found

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return a name per column of the matrix, shape (d,)."""
        names: np.ndarray = self.recipe.get_feature_names_out()
        return names

    def sources(self) -> tuple[str | None, ...]:
        """Return what stands behind each column of the matrix: a column of the table, or a transform of several."""
        known = self.choices.sources_
        return tuple(source if source is None else known.get(source, source) for source in self.recipe.sources())

    @property
    def n_categorical_(self) -> int:
        """The first so many columns of the matrix hold codes."""
        return int(self.recipe.n_categorical_)

    @property
    def levels_(self) -> tuple[int, ...]:
        """Levels of each of these columns."""
        levels: tuple[int, ...] = self.recipe.levels_
        return levels
