"""The specifications that the dashboard embeds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hitl_widget.charts.theme import LIGHT
from hitl_widget.explain.specs import main, specs

pytestmark = pytest.mark.slow  # `make lint` compares the files, too

FOLDER = Path(__file__).parents[2] / "js" / "src" / "charts" / "specs"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return specs()


def test_the_dashboards_copy_is_up_to_date(made: dict[str, str]) -> None:
    """The dashboard draws what Python defines."""
    for name, text in made.items():
        written = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        assert written == text, "run `npm run generate` in js/"


def test_the_dashboards_copy_holds_nothing_else(made: dict[str, str]) -> None:
    """A chart that was removed leaves no file behind."""
    written = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.json")}
    assert written == set(made)


def test_the_check_fails_on_a_stale_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--check`` names the command that makes the files again."""
    assert main([str(tmp_path)]) == 0
    assert main([str(tmp_path), "--check"]) == 0
    (tmp_path / "progress.json").write_text("{}", encoding="utf-8")
    assert main([str(tmp_path), "--check"]) == 1
    assert "npm run generate" in capsys.readouterr().err


def test_the_progress_chart_holds_no_data_and_no_address(made: dict[str, str]) -> None:
    """The browser fills it and sets its colours."""
    spec = json.loads(made["progress"])
    assert "datasets" not in spec
    assert "url" not in json.dumps(spec["data"])
    axis = {"sign", "by_time", "floor", "low", "high", "upper", "lower", "break_text"}
    assert {param["name"] for param in spec["params"]} == {*axis, *LIGHT}
