"""A real calendar server (CalDAV) on a free port, with a folder that is removed with it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import httpx2
from icalendar import Calendar, Event

from tests.support.redis_server import free_port
from tests.support.waiting import until

STARTS_WITHIN = 30.0
CALENDAR = "/ann/appointments/"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
SEARCH = """\
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
  <d:prop><c:calendar-data/></d:prop>
  <c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
    <c:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>
  </c:comp-filter></c:comp-filter></c:filter>
</c:calendar-query>
"""


class RadicaleServer:
    """The server. It has one calendar, that of Ann, who needs no password."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dibs-radicale-"))
        self._port = free_port()
        self._http = httpx2.Client(base_url=f"http://127.0.0.1:{self._port}", auth=("ann", ""))
        command = [
            *(sys.executable, "-m", "radicale", "--config", ""),
            *("--server-hosts", f"127.0.0.1:{self._port}", "--auth-type", "none"),
            *("--storage-filesystem-folder", str(self._folder / "collections")),
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._answers, "radicale answers", within=STARTS_WITHIN)
        self._http.request("MKCALENDAR", CALENDAR).raise_for_status()

    def put(self, name: str, file: bytes) -> int:
        """Store an entry as a calendar program does; returns the status."""
        headers = {"content-type": "text/calendar; charset=utf-8"}
        url = f"{CALENDAR}{name}.ics"
        return self._http.put(url, content=file, headers=headers).status_code

    def read_calendar(self) -> str:
        """Return all entries, as one file."""
        return self._http.get(CALENDAR).raise_for_status().text

    def entries_at(self, instant: datetime) -> list[Event]:
        """Return the entries that the server finds in the minute that begins at this instant."""
        start = instant.astimezone(UTC)
        asked = SEARCH.format(start=start, end=start + timedelta(minutes=1))
        headers = {"content-type": "text/xml", "depth": "1"}
        answer = self._http.request("REPORT", CALENDAR, content=asked, headers=headers)
        found = ElementTree.fromstring(answer.raise_for_status().content)
        return [
            event
            for file in found.iter(f"{CALDAV}calendar-data")
            for event in Calendar.from_ical(file.text or "").walk("VEVENT")
            if isinstance(event, Event)
        ]

    def remove_entry(self, name: str) -> None:
        self._http.delete(f"{CALENDAR}{name}.ics").raise_for_status()

    def remove(self) -> None:
        """Stop the server, and remove its folder."""
        self._http.close()
        self._process.terminate()
        self._process.wait(timeout=10)
        shutil.rmtree(self._folder)

    def _answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self._port)) == 0
