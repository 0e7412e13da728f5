"""Pages behind links, as HTML without a script: one look, the reader's language, nothing kept by browser or proxy."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jinja2
from aiohttp import web

if TYPE_CHECKING:
    from dialogs.texts import Reader

HERE: Final = Path(__file__).parent / "sheets"
STYLE: Final = "/link/page.css"
SAFE: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_ENVIRONMENT: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def sheet(reader: Reader, name: str, *, status: int = HTTPStatus.OK, **values: Any) -> web.Response:
    """The page of that template in the reader's language."""
    page = _ENVIRONMENT.get_template(f"{name}.html").render(reader=reader, say=reader.text, style=STYLE, **values)
    return web.Response(text=page, content_type="text/html", status=status, headers=SAFE)


def said(reader: Reader, title: str, text: str, *, status: int = HTTPStatus.OK, again: str = "") -> web.Response:
    """A page with nothing to fill in: what there is to know, and what to do next; `again` is where to sign in anew."""
    return sheet(reader, "said", status=status, title=title, text=text, again=again)


async def style(_: web.Request) -> web.Response:
    """The one style sheet."""
    return web.Response(body=(HERE / "page.css").read_bytes(), content_type="text/css", charset="utf-8", headers=SAFE)
