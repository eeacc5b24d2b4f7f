"""What the server lets nobody do, and what it keeps of what they did."""

import asyncio
import base64
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from typer.testing import CliRunner

from corpus.errors import LibraryError
from index import records
from qa import audit as audit_module
from qa.assistant import Assistant
from qa.audit import AT_THE_MACHINE, FILE, LEFT_OUT, Audit, Event, read_audit
from qa.cli import app
from qa.users import Role, set_user
from qa.web import access as access_module
from qa.web import limits
from qa.web import tries as tries_module
from qa.web.access import UNKNOWN_NAME
from qa.web.limits import MOST_SENT, Buckets, Rate
from qa.web.tries import (
    FIRST_WAIT,
    FREE_FOR_ALL,
    FREE_FOR_NAME,
    LONGEST_DELAY,
    LONGEST_WAIT,
    MOST_AT_ONCE,
    TooMany,
    Tries,
)

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

    @pytest.mark.parametrize("path", ["", "en/", "config", "gradio_api/info", "kalla/x", "fil/x"])
    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:3000"])
    def test_no_other_site_may_read_an_answer(self, sample_page, path, origin):
        for method in ("GET", "OPTIONS"):
            asking = {"origin": origin, "access-control-request-method": "POST"}
            answer = httpx.request(method, sample_page + path, headers=asking)
            assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.status_code == 405

    def test_no_cache_keeps_what_is_private(self, sample_page, assistant):
        report = next(each for each in assistant.library.entries if each.file == "norrvik-2023.pdf").report_id
        private = ["", "en/", "config", "gradio_api/info", f"kalla/{report}", f"sida/{report}/1.png", f"fil/{report}"]
        private += ["underlag/pdf?fraga=sjukfrånvaro", "siffror.csv?fraga=sjukfrånvaro", "finns-inte"]
        for path in private:
            assert httpx.get(sample_page + path).headers["cache-control"] == "no-store", path
        assert "no-store" not in httpx.get(f"{sample_page}rapportsvar.css").headers["cache-control"]

    def test_only_names_that_were_given_are_answered_to(self, login_page):
        named = [("rapporter.example", 200), ("evil.example", 403), ("192.0.2.7", 200), ("[::1]:7", 200), ("[", 403)]
        for host, status in named:
            assert httpx.get(f"{login_page}logga-in", headers={"host": host}).status_code == status, host


class TestFiles:
    def test_what_is_written_is_for_its_owner_alone(self, tmp_path):
        report = tmp_path / "rapport.txt"
        report.write_text("Norrviks kommun\nSocialnämnden\nÅrsrapport 2023\nUnderskottet blev 4 mnkr.\n")
        library = tmp_path / "library"
        ran = subprocess.run(
            [sys.executable, "-c", "from qa.cli import run; run()", "index", str(report), "--library", str(library)],
            check=True,
            capture_output=True,
            umask=0o022,
        )
        assert ran.stdout
        assert stat.S_IMODE(library.stat().st_mode) == 0o700
        modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) & 0o077 for path in library.rglob("*")}
        assert modes == {True: 0, False: 0}


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
            assert 50 < int(refused.headers["retry-after"]) <= 100
            assert anna.get(f"{address}rapportsvar.css").status_code == 200
            assert bo.get(f"{address}kalla/x").status_code == 404

    def test_one_who_asks_for_much_at_once_does_not_take_all_threads(self, logged, monkeypatch):
        answering, most, lock = 0, 0, threading.Lock()

        def slow(self, *given, **named):
            nonlocal answering, most
            with lock:
                answering += 1
                most = max(most, answering)
            time.sleep(0.1)
            with lock:
                answering -= 1
            return []

        monkeypatch.setattr(Assistant, "figures", slow)
        address, _ = logged
        assert httpx.get(f"{address}config", headers=basic("anna")).status_code == 200
        with ThreadPoolExecutor(30) as many:
            asking = {"headers": basic("anna"), "timeout": 60}
            asked = [many.submit(httpx.get, f"{address}siffror.csv?fraga=hyror", **asking) for _ in range(30)]
            assert {each.result().status_code for each in asked} == {200}
        assert most == limits.MOST_AT_ONCE

    def test_what_is_open_to_all_is_counted_by_place(self, monkeypatch, request):
        monkeypatch.setattr(limits, "REQUESTS", Rate(most=20, each_second=0.01))
        address, _ = request.getfixturevalue("logged")
        flood = [httpx.get(f"{address}logga-in", headers={"x-forwarded-for": "192.0.2.1"}) for _ in range(40)]
        assert {each.status_code for each in flood} == {200, 429}
        assert flood[-1].json()["detail"].startswith("Det kom för många anrop; vänta ")
        assert int(flood[-1].headers["retry-after"]) <= 100
        elsewhere = {"x-forwarded-for": "198.51.100.7"}
        sent = httpx.post(f"{address}logga-in", data={"namn": "bo", "losenord": PASSWORD}, headers=elsewhere)
        assert sent.status_code == 303

    @pytest.mark.parametrize(
        "path", ["gradio_api/call/ask/gradio_api/upload", "mcp/gradio_api/upload", "kalla/assets/"]
    )
    def test_no_address_is_taken_for_another_by_a_part_of_it(self, logged, path):
        address, _ = logged
        large = b" " * (MOST_SENT + 1)
        assert httpx.post(address + path, content=large, headers=basic("anna")).status_code == 413

    def test_one_who_works_at_the_machine_is_not_counted(self, sample_page):
        with httpx.Client() as client:
            assert {client.get(f"{sample_page}kalla/x").status_code for _ in range(400)} == {404}


class TestPasswords:
    def test_after_some_wrong_ones_there_is_a_wait_that_doubles(self, clock):
        tries = Tries(clock)

        def wrong(address="192.0.2.1"):
            tries.begin("anna", address)
            tries.end("anna", address, right=False)

        for _ in range(FREE_FOR_NAME):
            wrong()
        for expected in (FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT):
            with pytest.raises(TooMany) as many:
                tries.begin("anna", "192.0.2.1")
            assert many.value.seconds == expected
            clock.now += expected
            wrong()
        assert tries.begin("bo", "192.0.2.1") == 0
        tries.end("bo", "192.0.2.1", right=True)
        for _ in range(100):
            clock.now += LONGEST_WAIT
            wrong()
        with pytest.raises(TooMany) as many:
            tries.begin("anna", "192.0.2.1")
        assert many.value.seconds == LONGEST_WAIT
        clock.now += LONGEST_WAIT
        tries.begin("anna", "192.0.2.1")
        tries.end("anna", "192.0.2.1", right=True)
        wrong()
        assert tries.begin("anna", "192.0.2.1") is not None

    def test_each_counts_before_it_is_looked_at(self, clock):
        tries = Tries(clock)
        for number in range(FREE_FOR_NAME):
            tries.begin("anna", f"2001:db8::{number + 1}")
        with pytest.raises(TooMany):
            tries.begin("anna", "2001:db8::ffff")
        for number in range(MOST_AT_ONCE):
            tries.begin("bo", f"2001:db8:1:{number}::1")
        with pytest.raises(TooMany):
            tries.begin("bo", "2001:db8:2::1")

    def test_who_guesses_a_name_elsewhere_does_not_shut_its_owner_out(self, clock):
        tries = Tries(clock)
        for _ in range(100):
            clock.now += LONGEST_WAIT
            tries.begin("anna", "198.51.100.7")
            tries.end("anna", "198.51.100.7", right=False)
        with pytest.raises(TooMany):
            tries.begin("anna", "198.51.100.7")
        assert tries.begin("anna", "192.0.2.1") == LONGEST_DELAY

    def test_who_guesses_many_names_is_held_up_and_shuts_nobody_out(self, clock):
        tries = Tries(clock)
        for number in range(FREE_FOR_ALL + 40):
            tries.begin(f"namn{number}", "2001:db8::1")
            tries.end(f"namn{number}", "2001:db8::1", right=False)
        # The next address of the same network is the same place, and there all are held up, and let in.
        assert tries.begin("bo", "2001:db8::ffff") == LONGEST_DELAY
        tries.end("bo", "2001:db8::ffff", right=True)
        assert tries.begin("bo", "192.0.2.1") == 0
        tries.end("bo", "192.0.2.1", right=True)
        for number in range(MOST_AT_ONCE):
            tries.begin(f"andra{number}", "2001:db8::1")
        with pytest.raises(TooMany):
            tries.begin("ett till", "2001:db8::1")
        # Where its owner has been let in before, nobody else's guesses count.
        assert tries.begin("bo", "2001:db8::1", device="bos dator") == 0

    def test_the_page_says_how_long(self, logged, monkeypatch):
        monkeypatch.setattr(tries_module, "FIRST_WAIT", 20.0)
        address, library = logged
        owner = httpx.Client()
        owner.post(f"{address}logga-in", data={"namn": "anna", "losenord": PASSWORD})
        for _ in range(FREE_FOR_NAME):
            sent = httpx.post(f"{address}logga-in", data={"namn": "anna", "losenord": "fel"})
            assert sent.status_code == 403
        sent = httpx.post(f"{address}logga-in", data={"namn": "anna", "losenord": PASSWORD})
        assert sent.status_code == 429
        assert "vänta 20 sekunder" in sent.text
        assert httpx.get(f"{address}config", headers=basic("anna")).status_code == 429
        assert httpx.get(f"{address}config", headers=basic("bo")).status_code == 200
        assert owner.post(f"{address}logga-in", data={"namn": "anna", "losenord": PASSWORD}).status_code == 303
        refused = [each.event for each in read_audit(library) if each.event is Event.REFUSED]
        assert refused == [Event.REFUSED] * FREE_FOR_NAME

    def test_many_guesses_at_a_time_are_as_many_as_one_after_another(self, logged, monkeypatch):
        monkeypatch.setattr(tries_module, "FIRST_WAIT", 20.0)
        address, library = logged
        with ThreadPoolExecutor(30) as many:
            given = [basic("anna", f"gissning nummer {number}") for number in range(30)]
            codes = list(many.map(lambda each: httpx.get(f"{address}config", headers=each).status_code, given))
        assert codes.count(401) == FREE_FOR_NAME
        assert codes.count(429) == 30 - FREE_FOR_NAME
        assert len(read_audit(library)) == FREE_FOR_NAME

    def test_a_town_hall_is_not_shut_out_for_what_one_in_it_does(self, logged, monkeypatch):
        monkeypatch.setattr(tries_module, "FREE_FOR_ALL", 3)
        address, _ = logged
        with ThreadPoolExecutor(4) as many:
            names = [f"namn{number}" for number in range(3 + 4)]
            list(many.map(lambda name: httpx.get(f"{address}config", headers=basic(name), timeout=30), names))
        began = time.monotonic()
        sent = httpx.post(f"{address}logga-in", data={"namn": "bo", "losenord": PASSWORD}, timeout=30)
        assert sent.status_code == 303
        assert time.monotonic() - began < LONGEST_DELAY + 3

    def test_one_changes_ones_own_password_on_the_page(self, logged):
        address, library = logged
        new = "ett annat långt lösenord"

        def change(client, current, first, second):
            return client.post(f"{address}losenord", data={"nuvarande": current, "nytt": first, "igen": second})

        with httpx.Client(base_url=address) as anna, httpx.Client(base_url=address) as elsewhere:
            for client in (anna, elsewhere):
                client.post("logga-in", data={"namn": "anna", "losenord": PASSWORD})
            assert 'href="/losenord"' in anna.get("config").text or "Byt lösenord" in anna.get("losenord").text
            assert change(anna, "fel", new, new).status_code == 403
            assert change(anna, PASSWORD, new, "något annat").status_code == 400
            assert "minst 12 tecken" in change(anna, PASSWORD, "kort", "kort").text
            assert change(anna, PASSWORD, new, new).status_code == 200
            assert anna.get("config").status_code == 200
            assert elsewhere.get("config").status_code == 401
        assert httpx.get(f"{address}config", headers=basic("anna", new)).status_code == 200
        assert httpx.get(f"{address}losenord").status_code == 401
        events = [each.event for each in read_audit(library) if each.who == "anna"]
        assert Event.PASSWORD in events
        assert not any(secret in str(read_audit(library)) for secret in (PASSWORD, new))

    def test_a_file_of_users_that_is_gone_or_damaged_closes_the_door(self, logged, tmp_path):
        address, _ = logged
        with httpx.Client(base_url=address) as anna:
            anna.post("logga-in", data={"namn": "anna", "losenord": PASSWORD})
            assert anna.get("config").status_code == 200
            users = tmp_path / "users.json"
            whole = users.read_text()
            for damage in (lambda: users.write_text("{"), users.unlink):
                damage()
                for sent in (anna.get("config"), httpx.get(f"{address}config", headers=basic("bo"))):
                    assert sent.status_code == 503
                    assert sent.json()["detail"].startswith("Inloggningen är stängd")
                page = anna.get("", headers={"accept": "text/html"})
                assert page.status_code == 503
                assert "Inloggningen är stängd" in page.text
                sent = anna.post("logga-in", data={"namn": "bo", "losenord": PASSWORD})
                assert sent.status_code == 503
                users.write_text(whole)
            assert anna.get("config").status_code == 200

    def test_a_login_ends_after_a_working_day_however_much_it_is_used(self, logged, monkeypatch):
        address, _ = logged
        with httpx.Client(base_url=address) as anna:
            anna.post("logga-in", data={"namn": "anna", "losenord": PASSWORD})
            assert anna.get("config").status_code == 200
            monkeypatch.setattr(access_module, "SESSION_SECONDS", -1)
            assert anna.get("config").status_code == 401


class TestAudit:
    def test_who_did_what_from_where_is_kept(self, logged, assistant):
        address, library = logged
        client = Client(address, headers=basic("anna"), verbose=False)
        client.predict(question=WHY, api_name="/ask")
        report = next(each for each in assistant.library.entries if each.file == "norrvik-2023.pdf")
        with httpx.Client(base_url=address, headers=basic("anna")) as anna:
            anna.get("siffror.csv", params={"fraga": "sjukfrånvaro"})
            anna.get(f"kalla/{report.report_id}?sida=3")
            anna.get(f"sida/{report.report_id}/4.png")
            anna.get(f"fil/{report.report_id}")
            anna.get("underlag/pdf", params={"fraga": WHY})
            # What she may not: send a file, add it, correct and remove reports.
            anna.post("gradio_api/upload", files={"files": ("a.txt", b"text")})
            changes = [each for each in anna.get("config").json()["dependencies"] if not each["queue"]]
            for function in changes:
                data = [None] * len(function["inputs"])
                event = {"report": report.report_id}
                sent = {"data": data, "event_data": event, "fn_index": function["id"], "session_hash": "s"}
                anna.post("gradio_api/run/predict", json=sent)

        async def by_tool() -> None:
            async with (
                streamablehttp_client(f"{address}mcp/", headers=basic("bo")) as (reads, writes, _),
                ClientSession(reads, writes) as session,
            ):
                await session.initialize()
                await session.call_tool("search", {"text": "orosanmälningar"})

        asyncio.run(by_tool())
        kept = read_audit(library)
        assert {each.origin for each in kept} == {"127.0.0.1"}
        found = [(each.who, each.event, each.what, each.outcome) for each in kept]
        assert found[:7] == [
            ("anna", Event.LOGIN, "HTTP Basic", ""),
            ("anna", Event.ASK, WHY, "answered"),
            ("anna", Event.TAKEN, "sjukfrånvaro", ""),
            ("anna", Event.SOURCE, "norrvik-2023.pdf, sida 3", ""),
            ("anna", Event.PAGE, "norrvik-2023.pdf, sida 4", ""),
            ("anna", Event.FILE, "norrvik-2023.pdf", ""),
            ("anna", Event.TAKEN, WHY, ""),
        ]
        denied = [what for who, event, what, _ in found if (who, event) == ("anna", Event.DENIED)]
        assert set(denied) == {Event.ADD.value, Event.CORRECT.value, Event.REMOVE.value}
        assert found[-2:] == [("bo", Event.LOGIN, "HTTP Basic", ""), ("bo", Event.SEARCH, "orosanmälningar", "")]
        assert stat.S_IMODE((library / FILE).stat().st_mode) == 0o600

    def test_no_password_is_kept_that_was_typed_as_a_name(self, logged):
        address, library = logged
        httpx.post(f"{address}logga-in", data={"namn": PASSWORD, "losenord": "anna"})
        httpx.get(f"{address}config", headers=basic(PASSWORD, "anna"))
        httpx.get(f"{address}config", headers=basic("bo", "fel"))
        kept = [(each.who, each.event, each.what, each.origin) for each in read_audit(library)]
        assert kept == [
            ("127.0.0.1", Event.REFUSED, UNKNOWN_NAME, "127.0.0.1"),
            ("127.0.0.1", Event.REFUSED, UNKNOWN_NAME, "127.0.0.1"),
            ("127.0.0.1", Event.REFUSED, "bo", "127.0.0.1"),
        ]

    def test_while_another_writes_in_it_only_those_wait_who_are_logged(self, logged, monkeypatch):
        monkeypatch.setattr(records, "WAIT_SECONDS", 3.0)
        address, library = logged
        httpx.get(f"{address}config", headers=basic("bo"))
        with closing(sqlite3.connect(library / FILE)) as held, ThreadPoolExecutor(2) as many:
            held.execute("BEGIN IMMEDIATE")
            wrong = many.submit(httpx.get, f"{address}config", headers=basic("anna", "fel"), timeout=30)
            time.sleep(0.5)
            began = time.monotonic()
            assert httpx.get(f"{address}config", headers=basic("bo")).status_code == 200
            assert time.monotonic() - began < 2
            refused = wrong.result()
            held.rollback()
        assert refused.status_code == 503
        assert refused.json()["detail"].startswith("Händelseloggen gick inte att skriva")

    def test_changes_by_command_are_kept(self, tmp_path):
        library, users = str(tmp_path / "library"), str(tmp_path / "users.json")
        report = tmp_path / "rapport.txt"
        report.write_text("Norrviks kommun\nSocialnämnden\nÅrsrapport 2023\nUnderskottet blev 4 mnkr.\n")
        run = CliRunner().invoke
        for _ in range(2):
            assert run(app, ["index", str(report), "--library", library]).exit_code == 0
        for name in ("anna", "bo"):
            given = ["user", name, "--auth", users, "--library", library]
            assert run(app, given, input=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0
        listed = run(app, ["user", "--list", "--auth", users])
        assert listed.output.splitlines() == ["Namn\tRoll", "anna\treader", "bo\treader"]
        assert run(app, ["user", "bo", "--remove", "--auth", users, "--library", library]).exit_code == 0
        assert run(app, ["user", "--auth", users]).exit_code == 1
        assert run(app, ["remove", "rapport.txt", "--library", library]).exit_code == 0
        kept = read_audit(tmp_path / "library")
        assert [(each.event, each.what, each.outcome) for each in kept] == [
            (Event.ADD, "rapport.txt", "added"),
            (Event.USER, "anna", "sparad som reader"),
            (Event.USER, "bo", "sparad som reader"),
            (Event.USER, "bo", "borttagen"),
            (Event.REMOVE, "rapport.txt", kept[-1].outcome),
        ]
        assert {each.origin for each in kept} == {AT_THE_MACHINE}
        assert all(each.who for each in kept)

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
