"""Run the example notebooks and store their outputs for the tutorials: `python docs/outputs.py [name …]`."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "example_notebooks"
KEPT = HERE / "outputs"
_FOLDERS = re.compile(r"(?:/[\w.@~-]+)+/")


def main(names: list[str]) -> None:
    """Run the given notebooks, or all of them, and write their outputs."""
    for path in sorted(EXAMPLES.glob("*.ipynb")):
        if names and path.stem not in names:
            continue
        notebook = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory() as folder:
            for table in EXAMPLES.glob("*.csv"):
                (Path(folder) / table.name).write_bytes(table.read_bytes())
            NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
        keep(path.stem, notebook)


def keep(name: str, notebook: Any) -> None:
    """Write the texts of an executed notebook to one file, and each picture to its own file."""
    KEPT.mkdir(exist_ok=True)
    kept = {}
    for cell in notebook.cells:
        found = _texts_and_picture(cell) if cell.cell_type == "code" else ("", "")
        if any(found):
            text, picture = found
            if picture:
                (KEPT / f"{cell.id}.svg").write_text(picture)
            kept[cell.id] = {"of": digest(cell.source), "text": text, "picture": bool(picture)}
    (KEPT / f"{name}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def _texts_and_picture(cell: Any) -> tuple[str, str]:
    texts, picture = [], ""
    for output in cell.outputs:
        data = output.get("data", {})
        picture = data.get("image/svg+xml", picture)
        if output.output_type == "stream":
            texts.append(output.text)
        elif not {"image/svg+xml", "application/vnd.jupyter.widget-view+json"} & set(data):
            texts.append(data.get("text/plain", ""))
    said = (text.strip("\n") for text in texts if text.strip() and not text.startswith("<"))
    return _FOLDERS.sub("…/", "\n".join(said)), picture


def digest(source: str) -> str:
    """Return a digest of a cell's source, by which outdated outputs are recognized."""
    return hashlib.sha256(source.encode()).hexdigest()[:12]


if __name__ == "__main__":
    main(sys.argv[1:])
