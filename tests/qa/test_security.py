"""What the server lets nobody do, and what it keeps of what they did."""

import asyncio
import base64
import stat
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from corpus.errors import LibraryError
from qa import audit as audit_module
from qa.audit import FILE, LEFT_OUT, Audit, Event, read_audit
from qa.users import Role, set_user
from qa.web import limits
from qa.web import tries as tries_module
from qa.web.limits import MOST_SENT, Buckets, Rate
from qa.web.tries import FIRST_WAIT, FREE_FOR_NAME, FREE_FOR_PLACE, LONGEST_FOR_NAME, LONGEST_WAIT, Tries

PASSWORD = "ett långt lösenord"
WHY = "Varför blev det underskott inom hemtjänsten i Norrvik 2023?"


class Clock:
    """A time that goes when it is told to."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def basic(name, password=PASSWORD):
    return {"authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


@pytest.fixture
def logged(serve_page, tmp_path):
    """A page with two users that logs what they do: its address and its library."""
    users = tmp_path / "users.json"
    set_user(users, "anna", Role.READER, PASSWORD)
    set_user(users, "bo", Role.EDITOR, PASSWORD)
    library = tmp_path / "library"
    return serve_page(library, auth=users, mcp=True, audit=Audit(library)).address, library


class TestHeaders:
    @pytest.mark.parametrize("path", ["", "en/", "rapportsvar.css", "kalla/finns-inte", "siffror.csv?fraga=hemtjänst"])
    def test_every_answer_has_them(self, sample_page, path):
        headers = httpx.get(sample_page + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers
        assert "strict-transport-security" not in headers

    def test_a_report_file_runs_nothing(self, sample_page, assistant):
        path = f"fil/{assistant.library.entries[0].report_id}"
        assert httpx.get(sample_page + path).headers["content-security-policy"].startswith("default-src 'none'")

    def test_over_tls_cookies_and_pages_stay_on_it(self, login_page):
        sent = httpx.post(
            f"{login_page}logga-in",
            data={"namn": "läsare", "losenord": PASSWORD},
            headers={"x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1"},
        )
        assert "; secure" in sent.headers["set-cookie"]
        assert "samesite=lax" in sent.headers["set-cookie"].lower()
        assert "max-age" in sent.headers["strict-transport-security"]


class TestSizes:
    def test_no_question_is_a_megabyte(self, sample_page):
        large = b"a" * (MOST_SENT + 1)
        assert httpx.post(f"{sample_page}synpunkt", content=large).status_code == 413

    def test_nor_one_that_says_that_it_is_short(self, sample_page):
        def chunks():
            for _ in range(12):
                yield b"a" * 100_000

        assert httpx.post(f"{sample_page}synpunkt", content=chunks()).status_code == 413
        assert httpx.post(f"{sample_page}gradio_api/run/predict", content=chunks()).status_code == 413

    @pytest.mark.parametrize("length", ["-1", "1e9", "99999999999999"])
    def test_nor_has_it_an_odd_length(self, sample_page, length):
        host = httpx.URL(sample_page)

        async def send() -> bytes:
            reads, writes = await asyncio.open_connection(host.host, host.port)
            head = f"POST /synpunkt HTTP/1.1\r\nHost: {host.netloc.decode()}\r\nContent-Length: {length}\r\n\r\n"
            writes.write(head.encode())
            answer = await reads.readline()
            writes.close()
            return answer

        assert asyncio.run(send()).split()[1] in (b"400", b"413")


class TestRates:
    def test_a_bucket_empties_and_fills(self, clock):
        buckets = Buckets(Rate(most=10, each_second=2), clock)
        buckets.take("a", 14)
        assert buckets.wait("a") == pytest.approx(2.0)
        assert buckets.wait("b") == 0
        clock.now += 2
        assert buckets.wait("a") == 0
        clock.now += 1_000
        assert buckets.left("a") == 10

    def test_who_asks_too_much_waits_and_nobody_else_does(self, monkeypatch, request):
        monkeypatch.setattr(limits, "REQUESTS", Rate(most=20, each_second=0.01))
        address, _ = request.getfixturevalue("logged")
        with httpx.Client(headers=basic("anna")) as anna, httpx.Client(headers=basic("bo")) as bo:
            codes = [anna.get(f"{address}kalla/x").status_code for _ in range(30)]
            assert set(codes) == {404, 429}
            refused = anna.get(f"{address}kalla/x")
            assert refused.json()["detail"].startswith("Det kom för många anrop; vänta ")
            assert int(refused.headers["retry-after"]) > 100
            assert anna.get(f"{address}rapportsvar.css").status_code == 200
            assert bo.get(f"{address}kalla/x").status_code == 404

    def test_one_who_works_at_the_machine_is_not_counted(self, sample_page):
        with httpx.Client() as client:
            assert {client.get(f"{sample_page}kalla/x").status_code for _ in range(400)} == {404}


class TestPasswords:
    def test_after_some_wrong_ones_there_is_a_wait_that_doubles(self, clock):
        tries = Tries(clock)
        for _ in range(FREE_FOR_NAME):
            assert tries.wait("anna", "192.0.2.1") == 0
            tries.wrong("anna", "192.0.2.1")
        assert tries.wait("anna", "192.0.2.1") == FIRST_WAIT
        clock.now += FIRST_WAIT
        assert tries.wait("anna", "192.0.2.1") == 0
        tries.wrong("anna", "192.0.2.1")
        assert tries.wait("anna", "198.51.100.7") == 2 * FIRST_WAIT
        assert tries.wait("bo", "192.0.2.1") == 0
        tries.right("anna")
        assert tries.wait("anna", "192.0.2.1") == 0

    def test_who_guesses_many_names_waits_long_and_shuts_nobody_out(self, clock):
        tries = Tries(clock)
        for number in range(FREE_FOR_PLACE + 40):
            tries.wrong(f"namn{number}", "2001:db8::1")
            tries.wrong("anna", f"2001:db8:0:{number}::1")
        # The next address of the same network is the same person.
        assert tries.wait("bo", "2001:db8::ffff") == LONGEST_WAIT
        assert tries.wait("bo", "192.0.2.1") == 0
        assert tries.wait("anna", "192.0.2.1") == LONGEST_FOR_NAME

    def test_the_page_says_how_long(self, logged, monkeypatch):
        monkeypatch.setattr(tries_module, "FIRST_WAIT", 20.0)
        address, library = logged
        for _ in range(FREE_FOR_NAME):
            sent = httpx.post(f"{address}logga-in", data={"namn": "anna", "losenord": "fel"})
            assert sent.status_code == 403
        sent = httpx.post(f"{address}logga-in", data={"namn": "anna", "losenord": PASSWORD})
        assert sent.status_code == 429
        assert "vänta 20 sekunder" in sent.text
        assert httpx.get(f"{address}config", headers=basic("anna")).status_code == 429
        assert httpx.get(f"{address}config", headers=basic("bo")).status_code == 200
        assert [each.event for each in read_audit(library)] == [Event.REFUSED] * FREE_FOR_NAME


class TestAudit:
    def test_who_did_what_is_kept(self, logged):
        address, library = logged
        client = Client(address, headers=basic("anna"), verbose=False)
        client.predict(question=WHY, api_name="/ask")
        httpx.get(f"{address}siffror.csv", params={"fraga": "sjukfrånvaro"}, headers=basic("anna"))

        async def by_tool() -> None:
            async with (
                streamablehttp_client(f"{address}mcp/", headers=basic("bo")) as (reads, writes, _),
                ClientSession(reads, writes) as session,
            ):
                await session.initialize()
                await session.call_tool("search", {"text": "orosanmälningar"})

        asyncio.run(by_tool())
        assert [(each.who, each.event, each.what, each.outcome) for each in read_audit(library)] == [
            ("anna", Event.ASK, WHY, "answered"),
            ("anna", Event.TAKEN, "sjukfrånvaro", ""),
            ("bo", Event.SEARCH, "orosanmälningar", ""),
        ]
        assert stat.S_IMODE((library / FILE).stat().st_mode) == 0o600

    def test_questions_can_be_left_out(self, tmp_path):
        Audit(tmp_path, questions=False).record("anna", Event.ASK, WHY, "answered")
        Audit(tmp_path, questions=False).record("bo", Event.ADD, "rapport.pdf", "added")
        assert [each.what for each in read_audit(tmp_path)] == [LEFT_OUT, "rapport.pdf"]
        assert WHY.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())

    def test_what_is_old_is_forgotten(self, tmp_path, monkeypatch):
        long_ago = (datetime.now(UTC) - timedelta(days=31)).isoformat(timespec="seconds")
        monkeypatch.setattr(audit_module, "now", lambda: long_ago)
        Audit(tmp_path, days=40).record("anna", Event.ASK, WHY)
        monkeypatch.undo()
        Audit(tmp_path, days=30).record("bo", Event.ASK, "Vad kostade hemtjänsten?")
        assert [each.who for each in read_audit(tmp_path)] == ["bo"]

    def test_for_no_days_there_is_no_log(self, tmp_path):
        Audit(tmp_path, days=0).record("anna", Event.ASK, WHY)
        assert read_audit(tmp_path) == []
        assert list(tmp_path.iterdir()) == []

    def test_a_log_that_cannot_be_written_is_told(self, tmp_path):
        (tmp_path / FILE).mkdir()
        with pytest.raises(LibraryError, match="Händelseloggen"):
            Audit(tmp_path).record("anna", Event.ASK, WHY)


def test_what_the_page_uses_is_not_done_in_gradios_queue(serve_page, tmp_path):
    """There nobody is known, and no time is counted."""
    address = serve_page(tmp_path / "library").address
    with httpx.Client(base_url=address) as client:
        functions = client.get("/config").json()["dependencies"]
        own = [each["id"] for each in functions if not each["queue"] and len(each["inputs"]) == 4]
        assert len(own) >= 2
        for function in own:
            sent = {"data": ["Hur hög var sjukfrånvaron i Norrvik 2023?", None, "{}", "{}"], "session_hash": "s"}
            joined = client.post("/gradio_api/queue/join", json=sent | {"fn_index": function})
            if joined.status_code == 200:
                with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "s"}) as told:
                    ended = next(line for line in told.iter_lines() if "process_completed" in line)
                assert '"success":false' in ended.replace(" ", "")
                assert "7,9" not in ended
