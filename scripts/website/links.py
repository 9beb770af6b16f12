"""Whether the links inside a built site lead somewhere: to a file that is there, and to a place in it."""

from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """What a page links to, `links`, and what can be linked to in it, `anchors`."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = set(), {"", "top"}  # these two are the page itself
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src"):
                self.links.add(value or "")
            elif name == "id" or name == "name" and tag == "a":
                self.anchors.add(value)


def broken(site):
    """The links within the folder `site` that lead nowhere, as lines "page: link"."""
    page = cache(Page)
    found = []
    pages = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    for path in pages:  # _static holds the theme's own templates
        for link in sorted(page(path).links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = path.parent / unquote(parts.path) if parts.path else path
            there = target.is_file() and target.resolve().is_relative_to(site.resolve())
            if not there or target.suffix == ".html" and unquote(parts.fragment) not in page(target).anchors:
                found.append(f"{path.relative_to(site)}: {link}")
    return found
