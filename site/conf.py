"""The course as a website: nothing on it comes from another host."""

project = "layerwise"
author = "the layerwise authors"
copyright = "the layerwise authors, CC BY 4.0"
extensions = ["myst_nb", "sphinx-mathjax-offline"]
source_suffix = {".ipynb": "myst-nb", ".md": "myst-nb"}
exclude_patterns = ["_build", "downloads"]

# The committed notebooks hold their outputs; nbval has compared them.
nb_execution_mode = "off"
nb_code_prompt_show = "code"
nb_code_prompt_hide = "fold the code"
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type", "myst.header", "misc.highlighting_failure"]

html_theme = "furo"
html_title = "layerwise"
html_favicon = "static/icon.svg"
html_static_path = ["static"]
html_css_files = ["page.css", "site.css"]
html_js_files = [("page.js", {"defer": "defer"})]
html_show_sphinx = False
html_copy_source = False
html_extra_path = ["downloads"]
html_theme_options = {
    "sidebar_hide_name": False,
    "light_css_variables": {"color-brand-primary": "#0b5c8a", "color-brand-content": "#0b5c8a"},
    "dark_css_variables": {"color-brand-primary": "#5db1e3", "color-brand-content": "#5db1e3"},
}
