"""The recordings that the tests of the dashboard run on are what a kernel says today."""

from __future__ import annotations

import json

import pytest

from tests.recordings import FOLDER, RECORDINGS, as_text


def shape(value, key=""):
    """What must be the same in every run: keys, types and names."""
    if isinstance(value, dict):
        return {one: shape(found, one) for one, found in sorted(value.items())}
    if isinstance(value, list):
        shapes = [shape(one) for one in value]
        return [one for i, one in enumerate(shapes) if one not in shapes[:i]]
    if isinstance(value, str) and key in {"name", "kind", "role", "type", "family", "op"}:
        return value
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


PROSE = {"id", "started", "story", "sentence", "split", "label", "chips"}
"""Keys of a session that tests read from the recording: rewording them is no other message."""


def without_prose(value):
    """A message without its sentences."""
    if isinstance(value, dict):
        return {key: without_prose(one) for key, one in value.items() if key not in PROSE}
    return [without_prose(one) for one in value] if isinstance(value, list) else value


def steady(recording):
    """What of a recording does not depend on how long anything took."""
    found = {}
    for name, state in recording["states"].items():
        requests = {key for key in state["replies"] if not key.startswith(("pair ", "picture "))}
        found[name] = {
            "from": state.get("from"),
            "requests": sorted(requests),
            "answered": {key: state["replies"][key]["ok"] for key in requests},
            "commands": [(one["command"]["type"], one["to"], one["reply"]["ok"]) for one in state["acts"]],
        }
        snapshot = state.get("snapshot", {})
        found[name]["session"] = without_prose(snapshot.get("session", {}))
        found[name]["trials"] = [(row[0], row[2], row[12]) for row in snapshot.get("rows", [])]
        found[name]["status"] = sorted(snapshot.get("status", {}))
        found[name]["steering"] = shape(snapshot.get("steering", {}))
        for key in ("profile {}", "views {}", "warnings {}"):
            found[name][key] = shape(state["replies"].get(key, {}))
        for key in requests:
            result = state["replies"][key].get("result")
            found[name][f"keys of {key}"] = sorted(result) if isinstance(result, dict) else type(result).__name__
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_is_what_a_kernel_says_today(name, tmp_path):
    """Messages, requests, families, settings and trials are the same; run `python -m tests.recordings` when not."""
    kept = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    now = json.loads(as_text(RECORDINGS[name](tmp_path)))
    assert steady(now) == steady(kept), "run `python -m tests.recordings`"


def test_recordings_are_small():
    """They stand in the repository."""
    assert sum(path.stat().st_size for path in FOLDER.glob("*.json")) < 500_000
