"""SQLAlchemy, imported here alone.

Its modules import each other in circles. Two threads that begin with different ones, such as a cell that loads a
session and a page that asks for the list of sessions, can each wait for the other; Python then hands out half of a
module. A second thread waits for this module instead.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

__all__ = [
    "URL",
    "ArgumentError",
    "Column",
    "Float",
    "Integer",
    "LargeBinary",
    "MetaData",
    "NoSuchModuleError",
    "SQLAlchemyError",
    "String",
    "Table",
    "create_engine",
    "event",
    "insert",
    "inspect",
    "make_url",
    "select",
    "update",
]
