"""The appearance of a business on the booking page: accent, corners and font, and the files that
the server makes of them for anybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from dibs.web.page import POLICY
from tests.support.catalog_files import DEMO
from tests.support.commands import make_data_folder
from tests.support.office import OWNER, OfficeBrowser, owner_token
from tests.support.pictures import draw_file
from tests.support.redis_server import free_port
from tests.support.server import Server

YELLOW = "/assets/appearance/ffdd00-4-serif.css"


def start(folder: Path, look: str, name: str = "Dibs Studio", **settings: Any) -> Server:
    catalog = DEMO.replace('name = "Dibs Studio"', f'name = "{name}"\n{look}')
    return Server.start(make_data_folder(folder, catalog), command="serve", **settings)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server whose appearance nobody has changed."""
    server = start(tmp_path_factory.mktemp("plain"), "")
    yield server
    server.stop()


@pytest.fixture
def start_looking(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def begin(look: str, name: str = "Dibs Studio", **settings: Any) -> Server:
        started.append(start(tmp_path, look, name, **settings))
        return started[-1]

    yield begin
    for each in started:
        each.stop()


def test_the_page_has_the_style_sheet_of_its_business(
    server: Server, start_looking: Callable[..., Server]
) -> None:
    plain = server.http.get("/").text
    assert "/assets/appearance/2457c5-10-D.svg" in plain
    # The default style is part of the page and isn't loaded again.
    assert 'href="/assets/appearance/2457c5-10-system.css"' not in plain
    server = start_looking('accent = "#FFDD00"\nradius = 4\nfont = "serif"')
    for path in ("/", "/manage/ABCDE", "/my", "/book/consultation", "/book/nothing"):
        page = server.http.get(path)
        assert page.text.index("assets/style-") < page.text.index(f'href="{YELLOW}"'), path
        assert '<meta name="theme-color" content="#ffdd00">' in page.text
        assert page.headers["content-security-policy"] == POLICY
        assert "style=" not in page.text
        assert "<style" not in page.text
    business = server.http.get("/api/v1/business").json()
    told = business["appearance"]
    assert (told["accent"], told["radius"], told["font"]) == ("#ffdd00", 4, "serif")
    assert told["style_sheet"] == YELLOW
    sheet = server.http.get(YELLOW).text
    for variable, value in told["variables"].items():
        assert f"{variable}: {value};" in sheet
    assert told["variables"]["--radius-slot"] == "2px"


def test_style_sheets_are_kept_for_ever_and_may_be_used_elsewhere(server: Server) -> None:
    answer = server.http.get(YELLOW)
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "--on-accent: light-dark(#000000, #000000);" in answer.text


@pytest.mark.parametrize(
    "name",
    [
        "ffdd00-25-serif.css",
        "ffdd00-04-serif.css",
        "ffdd00--1-serif.css",
        "FFDD00-4-serif.css",
        "ffdd0-4-serif.css",
        "ffdd00-4-comic.css",
        "ffdd00-4-serif;}*{color:red}.css",
        "ffdd00-4-%7D.css",
        "ffdd00-٤-serif.css",
        "red-4-serif.css",
        "ffdd00-4-DD.svg",
        "ffdd00-4-%00.svg",
        "ffdd00-4-%E2%80%AE.svg",
        "ffdd00-4-.svg",
        "ffdd00-99-D.svg",
        f"ffdd00-4-{'D' * 10_000}.svg",
    ],
)
def test_nothing_else_can_be_put_into_an_address(server: Server, name: str) -> None:
    answer = server.http.get(f"/assets/appearance/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("letter", ["D", "Ä", "ש", "字", "<", "&", '"'])
def test_the_icon_is_a_picture_and_nothing_else(server: Server, letter: str) -> None:
    answer = server.http.get(f"/assets/appearance/000000-10-{letter}.svg")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    picture = ElementTree.fromstring(answer.text)
    assert [each.tag.rpartition("}")[2] for each in picture] == ["rect", "text"]
    assert picture[1].text == letter
    assert picture[1].get("fill") == "#ffffff"


@pytest.mark.parametrize(
    ("name", "letter"),
    [("äther & Co", "%C3%84"), ("«Zum» Bär", "Z"), ("שלום", "%D7%A9"), ("!?", "%21")],
)
def test_the_icon_has_the_first_letter_of_the_business(
    start_looking: Callable[..., Server], name: str, letter: str
) -> None:
    server = start_looking('accent = "#0a6b4f"', name)
    page = server.http.get("/").text
    found = re.search(r'<link rel="icon" href="([^"]+)">', page)
    assert found is not None
    assert found[1] == f"/assets/appearance/0a6b4f-10-{letter}.svg"
    assert server.http.get(found[1]).status_code == 200


def test_one_theme_can_be_asked_for(server: Server) -> None:
    both = server.http.get("/").text
    assert '<meta name="color-scheme" content="light dark"' in both
    assert "data-theme" not in both
    for theme in ("light", "dark"):
        for path in ("/", "/my", "/manage/ABCDE", "/book/consultation"):
            page = server.http.get(f"{path}?theme={theme}").text
            assert f'data-theme="{theme}"' in page
            assert f'<meta name="color-scheme" content="{theme}"' in page
    for other in ("blue", "", '"><script>', "DARK"):
        page = server.http.get("/", params={"theme": other}).text
        assert "data-theme" not in page


def test_under_a_path_the_addresses_have_the_path(start_looking: Callable[..., Server]) -> None:
    server = start_looking(
        'accent = "#0a6b4f"', port=free_port(), public_url="https://site.example/book"
    )
    page = server.http.get("/book/").text
    assert 'href="/book/assets/appearance/0a6b4f-10-system.css"' in page
    business = server.http.get("/book/api/v1/business").json()
    sheet = business["appearance"]["style_sheet"]
    assert sheet == "/book/assets/appearance/0a6b4f-10-system.css"
    assert server.http.get(sheet).status_code == 200


def test_logo_and_picture_are_on_the_page_and_with_shared_links(
    start_looking: Callable[..., Server],
) -> None:
    server = start_looking("")
    owner = OfficeBrowser(server.url)
    assert owner.use_link(owner_token(server), **OWNER).status_code == 201
    logo, picture = (
        owner.http.post("/pictures", content=draw_file(size=size)).json()["name"]
        for size in ((200, 200), (900, 600))
    )
    plain = server.http.get("/").text
    assert re.search('property="og:image" content="[^"]+/pictures/preview/', plain)
    assert 'name="twitter:card" content="summary_large_image"' in plain
    seen = owner.get("/catalog").json()["business"]
    for change, shown in (
        ({"logo": logo}, (logo, "summary")),
        ({"logo": logo, "picture": picture}, (picture, "summary_large_image")),
    ):
        body = {"table": seen["table"] | change, "version": seen["version"]}
        assert owner.http.put("/catalog/business", json=body).is_success
        page = server.http.get("/").text
        assert f'<link rel="icon" href="/pictures/small/{logo}">' in page
        assert f'<link rel="apple-touch-icon" href="/pictures/small/{logo}">' in page
        assert f'property="og:image" content="{server.url}/pictures/{shown[0]}"' in page
        assert f'name="twitter:card" content="{shown[1]}"' in page
        seen = owner.get("/catalog").json()["business"]
    told = server.http.get("/api/v1/business").json()["appearance"]
    assert (told["logo"]["name"], told["picture"]["name"]) == (logo, picture)
    assert server.http.get(told["picture"]["url"]).status_code == 200
    # The page of a customer's own bookings has no preview for programs, but the same appearance.
    mine = server.http.get("/my").text
    assert "og:image" not in mine
    assert f"/pictures/small/{logo}" in mine
    missing = {"table": seen["table"] | {"logo": f"{'0' * 32}.png"}, "version": seen["version"]}
    refused = owner.http.put("/catalog/business", json=missing)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "logo"
    owner.close()


def preview_of(server: Server, query: str = "") -> tuple[str, bytes]:
    """Return address and content of the preview picture of the page."""
    page = server.http.get(f"/{query}").text
    said = dict(re.findall('property="og:image:(type|width|height)" content="([^"]+)"', page))
    assert said == {"type": "image/png", "width": "1200", "height": "630"}
    (address,) = re.findall('property="og:image" content="([^"]+)"', page)
    answer = server.http.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    image = Image.open(BytesIO(answer.content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    return address, answer.content


def test_a_business_without_pictures_has_one_drawn_for_shared_links(
    server: Server, start_looking: Callable[..., Server]
) -> None:
    plain_address, plain = preview_of(server)
    arabic_name = 'translations = { ar = { name = "صالون النور" } }'
    green = start_looking(f'accent = "#0a6b4f"\n{arabic_name}')
    address, content = preview_of(green)
    arabic_address, arabic = preview_of(green, "?lang=ar")
    assert address != arabic_address
    assert len({plain, content, arabic}) == 3
    # The server draws only its current appearance, not that of another business or an earlier one.
    path = plain_address.removeprefix(server.url)
    assert green.http.get(path).status_code == 404
    assert green.http.get("/pictures/preview/x.png").status_code == 404
