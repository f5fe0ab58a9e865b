"""The messages between kernel and page, a module for each panel.

A module holds the messages of its panel, the functions that make them from a session, and the requests that ask for
them: what changes together stands together. `js/src/protocol/messages.ts` is generated from these modules by
`hitl_widget.widget.typescript`.

Kernel to page: `Snapshot` (the answer to `hello` when the gap is too large), `Delta` (pushed, at most 20 a second) and
`Reply`. Page to kernel: a request with a type, an id of the page's choice, and its arguments; it gets exactly one
`Reply` with that id. A message with many rows comes as UTF-8 JSON in its first buffer, under the content
``{"type": "packed"}``.

`seq` numbers the state of the session. A `Delta` holds what changed between `from` and `seq`; a page whose own seq is
not `from` asks with `hello` and gets, as the reply's result, a `Snapshot` or a `Delta` that closes the gap.
"""

from __future__ import annotations

__all__ = ["VERSION"]

VERSION = 10
