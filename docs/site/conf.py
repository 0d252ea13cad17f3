"""Sphinx's configuration of the documentation site, whose sources docs/site/pages.py puts into build/docs-source."""

import re

project = "dlc"
copyright = "the dlc authors, Apache License 2.0 with the LLVM exception"  # noqa: A001 (Sphinx's name)
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "dlc"
html_show_sphinx = False
html_copy_source = False
myst_heading_anchors = 4
highlight_language = "text"
default_role = "code"
suppress_warnings = ["misc.highlighting_failure"]  # Pygments does not know MLIR
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False
napoleon_use_rtype = False


def escape(app, what, name, obj, options, lines):
    """Takes stars and bars of a docstring as they are: formulas have them, and no docstring means markup by them."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            parts = re.split(r"(`[^`]*`)", line)
            lines[i] = "".join(p if p.startswith("`") else re.sub(r"([*|])", r"\\\1", p) for p in parts)


def setup(app):
    app.connect("autodoc-process-docstring", escape, priority=400)  # before napoleon
