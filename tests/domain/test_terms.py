"""The vocabulary: plain sentences, and the dashboard's tooltips are made of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hitl_widget.domain.terms import TERMS

ROOT = Path(__file__).resolve().parents[2]
JS = ROOT / "js"


@pytest.mark.parametrize("word", TERMS)
def test_a_term_reads_as_plain_sentences(word: str) -> None:
    """A tooltip shows text as it is: no markup, whole sentences, short enough to be read at a glance."""
    text, more = TERMS[word]
    assert re.fullmatch(r"[A-Z][^`*<>\n]*\.", text)
    assert len(text) <= 160
    assert not more or more.endswith(".")


def test_the_glossary_is_in_order() -> None:
    """A word is found where the alphabet has it."""
    assert list(TERMS) == sorted(TERMS, key=str.casefold)


def test_the_dashboard_has_the_terms_of_today() -> None:
    """What the TypeScript side reads is generated from here, on a Python without any package."""
    command = [sys.executable, "-S", "-I", str(JS / "generate_terms.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = (JS / "src" / "words" / "terms.ts").read_text()
    assert json.loads(found[found.index("{") : found.rindex("}") + 1]) == {
        word: one.text for word, one in TERMS.items()
    }


def test_each_word_of_the_dashboard_is_in_the_glossary() -> None:
    """No tooltip asks for a term that there is not, and the main words of the dashboard have theirs."""
    asked = re.compile(r"\bTERMS(?:\.(\w+)|\[\"([^\"]+)\"\])")
    sources = [path.read_text() for end in ("*.ts", "*.tsx") for path in (JS / "src").rglob(end)]
    used = {one or other for source in sources for one, other in asked.findall(source)}
    assert used <= set(TERMS)
    main = "autopilot belief budget constraint cruise family fold holdout metric nudge objective preference score trial"
    assert used >= set(main.split())
