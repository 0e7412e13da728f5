"""An invoice behind its link: the PDF, in the language of whoever it is for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from bot.web.sheet import SAFE

if TYPE_CHECKING:
    from bot.web.links import Page, Visit
    from storage.record import Record


def printed(record: Record) -> Page:
    """What answers who opens the link of an invoice; it is saved rather than shown, which every browser can."""

    async def show(visit: Visit) -> web.StreamResponse:
        from bot.paper.invoice import invoice_pdf  # its fonts and library are large, and not every day is one printed

        invoice = await record.invoices.numbered(visit.actor, visit.opened.subject)
        if invoice is None:
            raise web.HTTPNotFound
        drawn = await asyncio.to_thread(invoice_pdf, visit.reader, invoice)
        named = {"Content-Disposition": f'attachment; filename="{invoice.number}.pdf"'}
        return web.Response(body=drawn, content_type="application/pdf", headers={**SAFE, **named})

    return show
