"""Sphinx's settings for the site; `scripts/site` calls it on the pages that `sources` lays out."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "Unrolled"
extensions = ["myst_nb", "sphinx-mathjax-offline"]
html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_show_sphinx = html_show_copyright = False
html_copy_source = False  # what lies here was prepared for the site: the notebook itself is in the repository

nb_execution_mode = "off"  # the outputs are those of the full run
nb_render_markdown_format = "myst"  # so that captions have their equations
myst_enable_extensions = ["amsmath", "dollarmath", "html_image"]
myst_heading_anchors = 4

mathjax3_config = {"chtml": {"scale": 0.9}}  # as large as the text around it

html_theme_options = {
    "repository_url": PROJECT["urls"]["Repository"],
    "repository_branch": "main",
    "use_repository_button": True,
    "use_download_button": False,
    "launch_buttons": {
        "colab_url": "https://colab.research.google.com",
        "binderhub_url": "https://mybinder.org",
        "notebook_interface": "jupyterlab",
    },
    "home_page_in_toc": True,
    "navbar_persistent": [],  # the search stands at the side
    "secondary_sidebar_items": {"**": ["page-toc.html"], "index": []},
    "show_toc_level": 2,
    "show_navbar_depth": 1,
}
