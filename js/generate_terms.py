"""Write `src/words/terms.ts` from `hitl_widget/domain/terms.py`: what the words of the dashboard mean, for tooltips.

With `--check`, fail when the file is not what would be written.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TERMS = HERE.parent / "hitl_widget" / "domain" / "terms.py"
OUT = HERE / "src" / "words" / "terms.ts"


def text() -> str:
    """Return the file; the terms are read by their path, because their package needs more than a bare Python."""
    said = {word: term.text for word, term in runpy.run_path(str(TERMS))["TERMS"].items()}
    return (
        "// Generated from hitl_widget/domain/terms.py by `npm run generate`. Do not edit.\n\n"
        "/** The glossary's sentence for each word. */\n"
        f"export const TERMS = {json.dumps(said, indent=2, ensure_ascii=False)} as const;\n"
    )


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        if not OUT.exists() or OUT.read_text(encoding="utf-8") != text():
            sys.stderr.write(f"{OUT.relative_to(HERE)} is out of date with terms.py: run `npm run generate`.\n")
            return 1
        return 0
    OUT.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
