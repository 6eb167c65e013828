"""The addresses of services, and the data in their pages for programs that don't run scripts."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest
import segno

from tests.support.catalog_files import DEMO, without_horizon
from tests.support.commands import make_data_folder
from tests.support.pictures import draw_file
from tests.support.redis_server import free_port
from tests.support.server import Server

MARKUP = '</script></title><img src=x onerror=alert(1)> & "quoted"'
NAMES = {
    "Consultation": "Haarschnitt & Föhnen",
    "Premium Service": "haarschnitt föhnen",
    "Photo Session": "写真",
    "Drawing Class": "!!!",
}
Http = httpx2.Client
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def head(page: httpx2.Response) -> str:
    found = re.search("<head>.*</head>", page.text, re.DOTALL)
    assert found is not None
    return found[0]


def title(page: httpx2.Response) -> str:
    (found,) = re.findall("<title>(.*?)</title>", head(page), re.DOTALL)
    return unescape(found)


def json_ld(page: httpx2.Response) -> dict[str, Any]:
    (found,) = re.findall(
        '<script type="application/ld[+]json">(.*?)</script>', head(page), re.DOTALL
    )
    read: dict[str, Any] = json.loads(found)
    return read


def meta(page: httpx2.Response, name: str) -> str:
    (found,) = re.findall(f'<meta (?:name|property)="{name}" content="(.*?)">', head(page))
    return unescape(found)


def start(folder: Path, catalog: str, **settings: Any) -> Server:
    return Server.start(make_data_folder(folder, catalog), command="serve", **settings)


def test_search_engines_find_every_service(shared: Server) -> None:
    robots = shared.http.get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    assert f"Sitemap: {shared.url}/sitemap.xml" in robots.text.splitlines()
    sitemap = shared.http.get("/sitemap.xml")
    assert sitemap.headers["content-type"].startswith("application/xml")
    found = [each.text for each in ElementTree.fromstring(sitemap.text).iter(LOCATION)]
    assert found[0] == f"{shared.url}/"
    assert len(found) == 1 + len(shared.http.get("/api/v1/services").json())
    for address in found:
        page = shared.http.get(str(address))
        assert page.status_code == 200
        assert f'<link rel="canonical" href="{address}">' in page.text


def test_without_a_business_there_is_one_address(tmp_path: Path) -> None:
    server = Server.start(tmp_path / "data", command="serve")
    sitemap = server.http.get("/sitemap.xml")
    assert sitemap.status_code == 200
    assert sitemap.text.count("<loc>") == 1
    server.stop()


def test_the_page_about_a_service_says_what_it_is(shared: Server) -> None:
    page = shared.http.get("/book/consultation")
    assert page.status_code == 200
    assert '<html data-service="1"' in page.text
    assert title(page) == "Consultation · Dibs Studio"
    assert meta(page, "description") == "Initial consultation session"
    assert meta(page, "og:url") == f"{shared.url}/book/consultation"
    read = json_ld(page)
    assert (read["@type"], read["name"]) == ("Service", "Consultation")
    assert (read["offers"]["price"], read["offers"]["priceCurrency"]) == ("75.00", "EUR")
    assert read["provider"]["name"] == "Dibs Studio"


def test_the_first_page_says_what_can_be_booked(shared: Server) -> None:
    page = shared.http.get("/")
    assert title(page) == "Dibs Studio"
    read = json_ld(page)
    assert read["@type"] == "LocalBusiness"
    services = shared.http.get("/api/v1/services").json()
    offered = [(each["itemOffered"]["name"], each["url"]) for each in read["makesOffer"]]
    assert offered == [(each["name"], each["url"]) for each in services]
    for each in services:
        assert shared.http.get(each["url"]).text.count(f'data-service="{each["id"]}"') == 1


def test_where_there_is_no_such_service_the_page_shows_all(shared: Server) -> None:
    page = shared.http.get("/book/massage")
    assert page.status_code == 404
    assert (title(page), "data-service" in page.text) == ("Dibs Studio", False)


def test_pages_of_customers_tell_programs_nothing(shared: Server) -> None:
    for path in ("/my", "/manage/ABCD-EFGH"):
        assert "ld+json" not in shared.http.get(path).text


def test_names_of_any_script_have_an_address_of_their_own(tmp_path: Path) -> None:
    catalog = without_horizon(DEMO)
    for before, name in NAMES.items():
        catalog = catalog.replace(f'name = "{before}"', f'name = "{name}"')
    server = start(tmp_path, catalog)
    services = server.http.get("/api/v1/services").json()
    assert [each["url"].removeprefix(f"{server.url}/book/") for each in services] == [
        "haarschnitt-fohnen",
        "haarschnitt-fohnen-2",
        "%E5%86%99%E7%9C%9F",
        "4",
    ]
    for each in services:
        page = server.http.get(each["url"])
        assert title(page) == f"{each['name']} · Dibs Studio"
    server.stop()


def test_markup_in_a_name_stays_text(tmp_path: Path) -> None:
    catalog = (
        without_horizon(DEMO)
        .replace('name = "Consultation"', f"name = {json.dumps(MARKUP)}")
        .replace('"Initial consultation session"', json.dumps(MARKUP * 30))
        .replace('name = "Dibs Studio"', f"name = {json.dumps(MARKUP)}")
    )
    server = start(tmp_path, catalog)
    (address, *_) = [each["url"] for each in server.http.get("/api/v1/services").json()]
    for path in ("/", address):
        page = server.http.get(path)
        assert "<img" not in head(page)
        assert head(page).count("</title>") == head(page).count("<title>") == 1
        assert MARKUP in title(page)
        assert json_ld(page)["name"] == MARKUP
    assert len(meta(server.http.get(address), "description")) == 160
    server.stop()


@pytest.mark.parametrize(
    ("base", "address"),
    [("/book", "/book/consultation"), ("/salon", "/salon/book/consultation")],
)
def test_under_a_path_no_address_has_the_word_twice(
    tmp_path: Path, base: str, address: str
) -> None:
    port = free_port()
    server = start(
        tmp_path, without_horizon(DEMO), port=port, public_url=f"https://studio.example{base}"
    )
    assert server.http.get("/api/v1/services").json()[0]["url"] == (
        f"https://studio.example{address}"
    )
    # A proxy may strip the path, or leave it.
    for path in (address, address.removeprefix(base)):
        assert 'data-service="1"' in server.http.get(path).text
    for path in ("/office", "/my", f"{base}/office"):
        page = server.http.get(path)
        assert (page.status_code, "data-service" in page.text) == (200, False)
    server.stop()


def test_a_qr_code_leads_to_the_page_about_a_service(shared: Server) -> None:
    answer = shared.http.get("/api/v1/services/1/qr.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    # A printed code stays valid, even if the service gets another name.
    code = segno.make(f"{shared.url}/?service=1", micro=False)
    (path,) = re.findall(r'<path[^>]* d="(.*?)"', code.svg_inline(scale=8, border=4))[-1:]
    assert path in answer.text
    for missing, status in (("9", 404), ("x", 422)):
        found = shared.http.get(f"/api/v1/services/{missing}/qr.svg")
        assert found.status_code == status, found.text


def test_without_a_business_the_page_comes_all_the_same(tmp_path: Path) -> None:
    server = Server.start(tmp_path / "empty", command="serve")
    for path in ("/", "/book/haircut"):
        page = server.http.get(path)
        assert (page.status_code, title(page)) == (200, "Book an appointment")
        assert "ld+json" not in page.text
    server.stop()


def test_pictures_places_and_kinds_of_prices_are_told_to_programs(tmp_path: Path) -> None:
    (tmp_path / "talk.png").write_bytes(draw_file())
    more = 'price_from = true\ncategory = "Talks"\npicture = "talk.png"\nprice = "75.00"'
    catalog = without_horizon(DEMO).replace('price = "75.00"', more)
    catalog = catalog.replace('price = "150.00"', "price_on_request = true")
    place = 'phone = "+49 30 901820"\nplace = "12 Example Street"\nslot_interval = 30'
    server = start(tmp_path, catalog.replace("slot_interval = 30", place, 1))
    read = json_ld(server.http.get("/book/consultation"))
    assert read["image"].startswith(f"{server.url}/pictures/")
    assert server.http.get(read["image"]).status_code == 200
    assert read["category"] == "Talks"
    least = read["offers"]["priceSpecification"]
    assert (least["minPrice"], "price" in read["offers"]) == ("75.00", False)
    assert (read["provider"]["telephone"], read["provider"]["address"]) == (
        "+49 30 901820",
        "12 Example Street",
    )
    asked = json_ld(server.http.get("/book/premium-service"))
    assert not {"price", "priceSpecification"} & asked["offers"].keys()
    server.stop()
