"""Files come in the compression that the browser asks for, and are not loaded twice."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import httpx2
import pytest

from dibs.web.compressed import accepted_encodings
from tests.support.catalog_files import without_horizon
from tests.support.commands import make_data_folder
from tests.support.server import Server

NAMED = "https://shop.example"
MAX_SCRIPT = 30_000
MAX_STYLES = 9_000


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    data = make_data_folder(tmp_path_factory.mktemp("compressed"), without_horizon())
    server = Server.start(data, command="serve", allowed_origins=NAMED)
    yield server.http
    server.stop()


def asset_of(http: httpx2.Client, ending: str) -> str:
    html = http.get("/").text
    return html[: html.index(ending) + len(ending)].rpartition('"')[2]


def raw(http: httpx2.Client, path: str, **headers: str) -> tuple[httpx2.Response, bytes]:
    """Return the answer and its body as sent, still compressed."""
    with http.stream("GET", path, headers=headers) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("ending", [".js", ".css"])
def test_an_asset_comes_in_the_best_encoding_that_is_read(http: httpx2.Client, ending: str) -> None:
    path = asset_of(http, ending)
    plain, body = raw(http, path, **{"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    zipped, smaller = raw(http, path, **{"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(smaller) == body
    brotli, smallest = raw(http, path, **{"Accept-Encoding": "gzip, deflate, br"})
    assert brotli.headers["Content-Encoding"] == "br"
    assert len(smallest) < len(smaller) < len(body)
    assert len({each.headers["ETag"] for each in (plain, zipped, brotli)}) == 3
    assert len({each.headers["Content-Type"] for each in (plain, zipped, brotli)}) == 1
    for each in (plain, zipped, brotli):
        assert "Accept-Encoding" in each.headers.get_list("Vary")


def test_an_asset_that_is_known_is_not_sent_again(http: httpx2.Client) -> None:
    path = asset_of(http, ".js")
    accepted = {"Accept-Encoding": "br"}
    known = raw(http, path, **accepted)[0].headers["ETag"]
    again, body = raw(http, path, **accepted, **{"If-None-Match": known})
    assert (again.status_code, body) == (304, b"")
    assert "Content-Encoding" not in again.headers
    other, _ = raw(http, path, **{"Accept-Encoding": "gzip", "If-None-Match": known})
    assert other.status_code == 200


def test_a_range_is_one_of_what_is_sent(http: httpx2.Client) -> None:
    path = asset_of(http, ".js")
    _, whole = raw(http, path, **{"Accept-Encoding": "gzip"})
    part, body = raw(http, path, **{"Accept-Encoding": "gzip", "Range": "bytes=100-199"})
    assert part.status_code == 206
    assert body == whole[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"


@pytest.mark.parametrize("path", ["/", "/my", "/office", "/embed.js", "/embed/files.json"])
def test_a_page_is_compressed_and_not_sent_again(http: httpx2.Client, path: str) -> None:
    plain, body = raw(http, path, **{"Accept-Encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in plain.headers
    zipped, smaller = raw(http, path, **{"Accept-Encoding": "gzip"})
    assert gzip.decompress(smaller) == body
    again, _ = raw(
        http, path, **{"Accept-Encoding": "gzip", "If-None-Match": zipped.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", set()),
        ("gzip, deflate, br", {"gzip", "deflate", "br"}),
        ("GZIP;q=0.5,br ; q=0", {"gzip"}),
        ("br;q=0.000, *", {"*"}),
        ("identity", {"identity"}),
    ],
)
def test_what_a_client_reads_is_what_it_says(header: str, accepted: set[str]) -> None:
    assert accepted_encodings(header) - {""} == accepted


def test_what_another_site_loads_first_is_small(http: httpx2.Client) -> None:
    """Measures all script that is needed before something is shown, in each language."""
    as_gzip = {"Accept-Encoding": "gzip"}
    files = http.get("/embed/files.json").json()

    def weigh(path: str) -> int:
        return len(raw(http, path, **as_gzip)[1])

    script = weigh("/embed.js") + weigh(f"/{files['script']}")
    assert set(files["languages"]) == {"ar", "de", "en", "es", "fr"}
    for tag, path in files["languages"].items():
        assert script + weigh(f"/{path}") <= MAX_SCRIPT, tag
    assert weigh(f"/{files['styles']}") <= MAX_STYLES


def test_the_page_comes_with_what_is_on_offer(http: httpx2.Client) -> None:
    html = http.get("/").text
    told = html.partition('<script type="application/json" id="catalog">')[2]
    assert told.partition("</script>")[0].startswith('{"language":"en","business":{"name":"')
    assert 'id="catalog"' not in http.get("/my").text


def test_a_script_of_other_sites_names_files_that_are_there(http: httpx2.Client) -> None:
    files = http.get("/embed/files.json").json()
    script = http.get("/embed.js").text
    for path in (files["script"], files["styles"], *files["languages"].values()):
        assert path in script
        assert http.get(f"/{path}", headers={"Origin": NAMED}).status_code == 200
    assert "DIBS_" not in script
    assert "import.meta" not in script, "it is no module"


def test_a_request_for_a_private_network_is_allowed_to_named_sites(http: httpx2.Client) -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    named = http.options("/api/v1/holds", headers=asked | {"Origin": NAMED})
    assert named.status_code == 204
    assert named.headers["Access-Control-Allow-Private-Network"] == "true"
    for origin in ("https://evil.example", "null"):
        other = http.options("/api/v1/holds", headers=asked | {"Origin": origin})
        assert not [name for name in other.headers if name.startswith("access-control")]


def test_other_sites_read_the_time_and_the_pace_of_an_answer(http: httpx2.Client) -> None:
    answer = http.get("/api/v1/business", headers={"Origin": NAMED})
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Date", "ETag", "Retry-After"} <= set(exposed)
    assert "Access-Control-Allow-Credentials" not in answer.headers
