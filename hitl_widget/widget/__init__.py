"""The bridge to the browser (floor 5); the only importer of anywidget, traitlets and IPython."""
