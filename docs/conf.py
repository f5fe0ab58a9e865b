"""Sphinx configuration. The build needs only the repository, not the network."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import made  # noqa: E402

import hitl_widget  # noqa: E402

project = "hitl_widget"
author = "hitl_widget contributors"
project_copyright = "hitl_widget contributors"
release = version = hitl_widget.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
exclude_patterns = ["_build"]
root_doc = "index"
nitpicky = False

myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
python_maximum_signature_line_length = 88
autodoc_member_order = "bysource"
autosummary_generate = False
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "hitl_widget"
html_static_path = ["static"]
html_css_files = ["docs.css"]
html_show_sourcelink = False
html_sidebars = {"index": [], "coming-from": [], "glossary": []}
html_copy_source = False
html_search_scorer = str(HERE / "scorer.js")
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": [], "explanation/measured": []},
    "footer_start": ["copyright"],
    "footer_end": [],
}

made.write(HERE)
