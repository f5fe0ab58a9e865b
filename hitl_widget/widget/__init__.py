"""Floor 5: the bridge to the browser; the only importer of anywidget, traitlets and IPython."""
