"""SQLAlchemy, imported here alone: ``from hitl_widget.engine.sql import sqlalchemy``.

Its modules import each other in circles. Two threads that begin with different ones, such as a cell that loads a
session and a page that asks for the list of sessions, can each wait for the other; Python then hands out half of a
module. A second thread waits for this module instead.
"""

from __future__ import annotations

import sqlalchemy
import sqlalchemy.engine
import sqlalchemy.exc

__all__ = ["sqlalchemy"]
