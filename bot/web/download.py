"""A summary behind its link: a short file at once, a long one beside a page that shows how much of it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.web.sheet import SAFE, sheet
from bot.web.spreadsheet import lines_of, written
from storage.errors import Refused
from storage.links import Purpose
from storage.progress import Progress, Stage
from storage.summaries import SOME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.web.links import Page, Visit
    from storage.progress import Files
    from storage.record import Record

POLICY: Final = "Content-Security-Policy"
STARTS_ONE: Final = {POLICY: f"{SAFE[POLICY]}; frame-src 'self'"}  # the page in which the file begins to come
# The file begins in that page and in no other; what is saved is shown nowhere.
SAVED: Final = {
    **SAFE,
    POLICY: SAFE[POLICY].replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Disposition": 'attachment; filename="purchases.csv"',
}


class Download:
    """What answers who opens the link of a summary: all that this person may see of it now, as a file."""

    def __init__(self, record: Record, files: Files) -> None:
        self._record = record
        self._files = files

    @property
    def shows(self) -> Mapping[Purpose, Page]:
        return {Purpose.SUMMARY: self._open}

    @property
    def parts(self) -> Mapping[tuple[Purpose, str], Page]:
        return {(Purpose.SUMMARY, "file"): self._file, (Purpose.SUMMARY, "progress"): self._progress}

    @property
    def lasting(self) -> frozenset[str]:
        """The parts that are there when the link's time is over: a file that has begun by then still comes whole."""
        return frozenset({"progress"})

    async def _open(self, visit: Visit) -> web.StreamResponse:
        """What is read in one go is there at once, and needs no page."""
        lines = await lines_of(visit, self._record)
        if lines <= SOME:
            return _saved(self._written(visit))
        page = sheet(visit.reader, "download", title=visit.reader.text("web.download.begun", count=lines), **_of(visit))
        page.headers.update(STARTS_ONE)
        return page

    async def _file(self, visit: Visit) -> web.StreamResponse:
        return _saved(self._told(visit, await lines_of(visit, self._record)))

    async def _progress(self, visit: Visit) -> web.StreamResponse:
        """How far it is; the page asks again by itself until there is nothing more to say.

        Raises Refused("link_late") when the link's time is over and nothing is known of a file.
        """
        progress = await self._files.of(visit.actor.tenant, visit.token)
        if visit.opened.late and progress is None:
            raise Refused("link_late")
        title = visit.reader.text("web.download.waits")
        if progress:
            key = f"web.download.{progress.stage}.title"
            title = visit.reader.text(key, written=progress.written, count=progress.lines)
        return sheet(visit.reader, "progress", title=title, progress=progress, late=visit.opened.late, **_of(visit))

    async def _written(self, visit: Visit) -> AsyncIterator[bytes]:
        async for part, _ in written(visit, self._record):
            yield part

    async def _told(self, visit: Visit, lines: int) -> AsyncIterator[bytes]:
        """The same; how far it is, is told on the way, and whether it came to its end."""
        done, stage, heard = 0, Stage.BROKEN, True
        try:
            async for part, rows in written(visit, self._record):
                heard = heard and await self._tell(visit, Progress(Stage.GOING, done, max(lines, done)))
                yield part
                done += rows
            stage = Stage.WHOLE
        finally:
            await self._tell(visit, Progress(stage, done, done if stage is Stage.WHOLE else lines))

    async def _tell(self, visit: Visit, progress: Progress) -> bool:
        return await self._files.wrote(visit.actor.tenant, visit.token, progress)


def _saved(body: AsyncIterator[bytes]) -> web.Response:
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=SAVED)


def _of(visit: Visit) -> dict[str, Any]:
    """Where the file and its progress are."""
    link = f"/link/{visit.token}"
    return {"link": link, "file": f"{link}/file", "watch": f"{link}/progress"}
