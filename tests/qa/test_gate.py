"""What of Gradio can be reached, and with what: nothing but what the page and the API use."""

import base64
import json
from pathlib import Path

import httpx
import pytest
from gradio.utils import get_upload_folder

from index.manifest import read_manifest
from qa.users import Role, set_user

PASSWORD = "ett långt lösenord"
SECRET = "hemligheten som ingen får läsa"
DEEP = b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
REPORT = b"Norrviks kommun\nSocialn\xc3\xa4mnden\n\xc3\x85rsrapport 2023\n1 Ekonomi\nUnderskottet blev 4 mnkr.\n"
#: What Gradio answers to that the page has no use for.
UNUSED = (
    "deep_link proxy=http://127.0.0.1:9/x run-history/buckets runs dev/reload file=/etc/passwd file/etc/passwd "
    "custom_component/x/client/component/index.js stream/s/1/2/playlist.m3u8 openapi.json user token app_id "
    "login_check vibe-code profiling/traces theme.css"
).split()
BESIDE = "login logout monitoring monitoring/summary manifest.json pwa_icon svelte/x.js openapi.json docs".split()


def basic(name):
    return {"authorization": f"Basic {base64.b64encode(f'{name}:{PASSWORD}'.encode()).decode()}"}


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return tmp_path_factory.mktemp("gate") / "library"


@pytest.fixture(scope="module")
def open_page(serve_pages, library):
    """A page for its own machine alone, where everybody may change the library."""
    with httpx.Client(base_url=serve_pages(library, mcp=True).address) as client:
        yield client


@pytest.fixture(scope="module")
def users_page(serve_pages, tmp_path_factory):
    """The address of a page with two editors and a reader."""
    folder = tmp_path_factory.mktemp("users")
    for name, role in (("anna", Role.READER), ("bo", Role.EDITOR), ("cia", Role.EDITOR)):
        set_user(folder / "users.json", name, role, PASSWORD)
    return serve_pages(folder / "library", auth=folder / "users.json", mcp=True).address


def file_object(path):
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def functions(client, language):
    return client.get(f"{language}/config").json()["dependencies"]


def copied():
    """What Gradio has taken into its own folder."""
    return [path for path in Path(get_upload_folder()).rglob("*") if path.is_file()]


class TestFiles:
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_no_function_takes_a_file_by_its_path(self, open_page, secret, language):
        known = set(copied())
        for function in functions(open_page, language):
            for value in (file_object(secret), [file_object(secret)], [[file_object(secret)]]):
                data = [value] * max(1, len(function["inputs"]))
                sent = {"data": data, "fn_index": function["id"], "session_hash": "s", "event_data": value}
                ways = ["run/predict", "queue/join", f"run/{function['api_name']}", f"api/{function['api_name']}"]
                for way in [*ways, f"call/{function['api_name']}", f"call/v2/{function['api_name']}"]:
                    told = open_page.post(f"{language}/gradio_api/{way}", json=sent)
                    assert told.status_code in (400, 404), (way, function["id"])
                    assert SECRET not in told.text
        assert set(copied()) <= known

    def test_nor_does_the_upload(self, open_page, secret, library):
        secret.write_bytes(REPORT)
        for function in functions(open_page, ""):
            sent = {"data": [[file_object(secret)], False], "fn_index": function["id"], "session_hash": "s"}
            open_page.post("/gradio_api/queue/join", json=sent)
        assert read_manifest(library) is None
        assert secret.exists()

    def test_what_one_has_uploaded_is_for_nobody_else(self, users_page):
        with httpx.Client(base_url=users_page) as client:
            files = {"files": ("a.txt", REPORT)}
            (path,) = client.post("/gradio_api/upload", files=files, headers=basic("bo")).json()
            adding = next(
                each["id"]
                for each in client.get("/config", headers=basic("bo")).json()["dependencies"]
                if each["queue"] and each["api_visibility"] == "private"
            )
            sent = {"data": [[file_object(path)], False], "fn_index": adding, "session_hash": "s1"}
            for name, status in (("anna", 403), ("cia", 400), ("bo", 200)):
                joining = sent | {"session_hash": name}
                assert client.post("/gradio_api/queue/join", json=joining, headers=basic(name)).status_code == status

    def test_uploads_lie_where_no_other_user_of_the_machine_reads(self, open_page):
        (path,) = open_page.post("/gradio_api/upload", files={"files": ("a.txt", REPORT)}).json()
        assert any(folder.stat().st_mode & 0o077 == 0 for folder in Path(path).parents)
        assert open_page.get(f"/gradio_api/file={path}").status_code == 404
        assert open_page.get(f"/gradio_api/file/{path}").status_code == 404


class TestAddresses:
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_what_the_page_does_not_use_is_not_there(self, open_page, language):
        for path in UNUSED:
            assert open_page.get(f"{language}/gradio_api/{path}").status_code == 404, path

    def test_nor_what_it_has_beside_its_api(self, open_page):
        for path in BESIDE:
            for method in ("GET", "POST"):
                assert open_page.request(method, f"/{path}").status_code in (404, 405), path

    @pytest.mark.parametrize(
        "path", ["process_recording", "component_server", "cancel", "reset", "vibe-edit", "stream/1", "run/ask"]
    )
    @pytest.mark.parametrize("name", ["anna", "bo"])
    def test_nothing_is_left_there_by_anybody(self, users_page, path, name):
        known = set(copied())
        files = {"files": ("a.webm", b"x" * 100)}
        for sent in ({"files": files}, {"json": {"data": [], "session_hash": "s", "fn_name": "x", "component_id": 1}}):
            told = httpx.post(f"{users_page}gradio_api/{path}", headers=basic(name), **sent)
            assert told.status_code == 404
        assert set(copied()) <= known


class TestCalls:
    @pytest.mark.parametrize("value", [{}, [], {"a": 1}, [1], [[]]])
    def test_no_function_takes_an_object(self, open_page, value):
        for function in functions(open_page, ""):
            if function["inputs"]:
                sent = {"data": [value] * len(function["inputs"]), "fn_index": function["id"], "session_hash": "s"}
                way = "queue/join" if function["queue"] else "run/predict"
                assert open_page.post(f"/gradio_api/{way}", json=sent).status_code == 400

    def test_no_function_is_called_another_way_than_the_page_does(self, open_page):
        for function in functions(open_page, ""):
            other = "run/predict" if function["queue"] else "queue/join"
            sent = {"data": [None] * len(function["inputs"]), "fn_index": function["id"], "session_hash": "s"}
            assert open_page.post(f"/gradio_api/{other}", json=sent).status_code == 404

    @pytest.mark.parametrize("value", [1, True, "text", {}, [1], [None], [{"path": 1}], [{"path": "/etc/passwd"}]])
    def test_only_uploads_are_files(self, users_page, value):
        with httpx.Client(base_url=users_page, headers=basic("bo")) as client:
            found = client.get("/config").json()["dependencies"]
            adding = next(each["id"] for each in found if each["queue"] and each["api_visibility"] == "private")
            sent = {"data": [value, False], "fn_index": adding, "session_hash": "filer"}
            assert client.post("/gradio_api/queue/join", json=sent).status_code == 400

    @pytest.mark.parametrize("path", ["/?page=x", "/config?page=x", "/?deep_link=x", "/config?deep_link=../x"])
    def test_what_an_address_says_is_not_for_gradio(self, open_page, path):
        assert open_page.get(path).status_code == 200

    @pytest.mark.parametrize("number", [-1, 10_000, None, "0", 1.5, True, [0]])
    def test_there_are_no_others(self, open_page, number):
        sent = {"data": [], "fn_index": number, "session_hash": "s"}
        assert open_page.post("/gradio_api/run/predict", json=sent).status_code in (400, 404)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"1", b'"a"', b'{"data": 1}', b"\xff", DEEP])
    @pytest.mark.parametrize("way", ["run/predict", "queue/join", "call/ask"])
    def test_what_cannot_be_read_is_said(self, open_page, way, content):
        told = open_page.post(f"/gradio_api/{way}", content=content)
        assert told.status_code == 400
        assert told.json()["detail"].startswith("Det som skickades")

    @pytest.mark.parametrize("path", ["/synpunkt", "/mcp/"])
    def test_nor_is_deep_json_elsewhere(self, open_page, path):
        kinds = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
        assert open_page.post(path, content=DEEP, headers=kinds).status_code in (400, 422)

    def test_a_named_function_answers_who_calls_it(self, open_page):
        sent = {"data": ["Hur hög var sjukfrånvaron i Norrvik 2023?", "", "", 0, ""]}
        event = open_page.post("/gradio_api/call/ask", json=sent).json()["event_id"]
        told = open_page.get(f"/gradio_api/call/ask/{event}").text
        assert "7,9" in json.loads(told.partition("data: ")[2].splitlines()[0])[0]["answer"]

    def test_what_a_session_is_told_is_for_nobody_else(self, users_page):
        with httpx.Client(base_url=users_page) as client:
            ask = next(
                each["id"]
                for each in client.get("/config", headers=basic("bo")).json()["dependencies"]
                if each["api_name"] == "ask"
            )
            data = ["Hur hög var sjukfrånvaron i Norrvik 2023?", "", "", 0, ""]
            sent = {"data": data, "fn_index": ask, "session_hash": "mitt"}
            assert client.post("/gradio_api/queue/join", json=sent, headers=basic("bo")).status_code == 200
            stolen = client.get("/gradio_api/queue/data", params={"session_hash": "mitt"}, headers=basic("anna"))
            assert stolen.status_code == 403
            assert "7,9" not in stolen.text
