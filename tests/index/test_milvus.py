"""A library in Milvus is as one in a folder: the same rankings, whole versions, one writer at a time.

Milvus Lite answers as Milvus does, in a process of its own, through the same client.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import grpc
import pytest
from pymilvus import MilvusClient

from benchmarks.crashes import crash_runs, state
from benchmarks.made import made_reports, write_text
from corpus.errors import LibraryError
from corpus.identify import Overrides
from corpus.load import load_report
from eval.cases import FOLDER, load_cases
from index.ingest import Outcome, index_files, report_files
from index.milvus import lease
from index.milvus.collections import Collections
from index.milvus.lease import Lease
from index.places import home, place_of
from index.prepare import prepare
from index.samples import sample_files
from index.store import Library, exists, writing
from qa.assistant import Assistant
from qa.web.links import Asked
from qa.web.service import Service, Upload

#: Seconds that the server may take to start.
STARTS = 30
#: Fused scores that are nearer each other are the same: one is worked out with 32 bits a number.
SAME = 1e-5
NAMES = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["server", "--data-dir", str(tmp_path_factory.mktemp("milvus")), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([sys.executable, "-m", "milvus_lite", *words], stdout=subprocess.DEVNULL)
    for _ in range(10 * STARTS):
        time.sleep(0.1)
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                break
    yield f"milvus://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture
def place(server):
    """A library that is not there yet."""
    return place_of(f"{server}/test_{next(NAMES)}")


@pytest.fixture
def sources(tmp_path):
    paths = []
    for number, report in enumerate(made_reports(4, sections=2)):
        paths.append(tmp_path / f"{number}.txt")
        write_text(report, paths[-1])
    return paths


def ranked(library, encoder, question):
    return [
        (hit.passage.report_id, (hit.passage.start, hit.passage.end), hit.score)
        for hit in Assistant(library, encoder).search(question, 50)
    ]


def assert_same_ranking(one, other, encoder, questions):
    for question in questions:
        here, there = ranked(one, encoder, question), ranked(other, encoder, question)
        scores = {hit[:2]: hit[2] for hit in here}
        assert [hit[2] for hit in there] == pytest.approx([hit[2] for hit in here], abs=SAME), question
        # Passages change places only with those that score the same.
        moved = [hit for hit in there if scores.get(hit[:2], here[-1][2]) != pytest.approx(hit[2], abs=SAME)]
        assert not moved, question


def questions(suite, most):
    cases = load_cases(FOLDER / f"{suite}.jsonl")
    return [case.question for case in cases][:: max(1, len(cases) // most)]


def test_the_ranking_is_that_of_a_folder(place, samples, encoder):
    index_files(place, sample_files(), encoder)
    assert_same_ranking(Library(place), samples, encoder, questions("samples", 15))


@pytest.mark.real
def test_the_ranking_is_that_of_a_folder_on_the_real_reports(place, real_folder, real_library, encoder):
    index_files(place, report_files([real_folder]), encoder)
    assert_same_ranking(Library(place), real_library, encoder, questions("real", 30))


def test_the_ranking_is_the_same_however_the_library_came_to_be(place, samples, encoder):
    """Reports that come one by one, and others that go again, change the lengths that BM25 compares with."""
    paths = sample_files()
    for at, path in enumerate(paths):
        index_files(place, [path], encoder, Overrides(municipality="Ekdunga") if at == 0 else None)
    index_files(place, paths[:1], encoder, Overrides(municipality=samples.entries[0].municipality))
    made = [place.folder + str(at) for at in range(2)]
    extra = [home(place) / f"{name}.txt" for name in made]
    for path, report in zip(extra, made_reports(2, sections=2), strict=True):
        write_text(report, path)
        index_files(place, [path], encoder)
    with writing(place, encoder) as writer:
        for path in extra:
            writer.remove(writer.entry_from(str(path)).report_id)
    opened = Library(place)
    assert len(opened.manifest.segments) < len(paths)
    assert {entry.report_id for entry in opened.entries} == {entry.report_id for entry in samples.entries}
    assert_same_ranking(opened, samples, encoder, questions("samples", 8))


def test_the_answer_is_that_of_a_folder(place, samples, encoder):
    index_files(place, sample_files(), encoder)
    here, there = Assistant(samples, encoder), Assistant(Library(place), encoder)
    for question in questions("samples", 6):
        assert there.ask(question).sentences == here.ask(question).sentences


def test_a_reader_sees_its_version_through_the_next_change(place, sources, encoder):
    index_files(place, sources[:3], encoder)
    reader = Library(place)
    before = ranked(reader, encoder, "Varför blev det underskott?")
    removed = reader.entries[0].report_id
    with writing(place, encoder) as writer:
        writer.remove(removed)
    assert reader.outdated
    assert ranked(reader, encoder, "Varför blev det underskott?") == before
    assert removed in {hit[0] for hit in before}
    now = Library(place)
    assert removed not in {hit[0] for hit in ranked(now, encoder, "Varför blev det underskott?")}
    assert not any(now.dense.search(encoder.encode_queries(["budget"])[0], 10, [removed]))
    # One who has asked before the last two changes goes on while the second is made.
    with writing(place, encoder) as writer:
        writer.remove(writer.entries()[0].report_id)
        assert ranked(reader, encoder, "Varför blev det underskott?") == before
    # After that, what was removed is gone from Milvus, and it is told.
    index_files(place, sources[3:], encoder)
    assert Collections(place).values(reader.catalogue.numbers([removed]), ["report"]) == {}
    with pytest.raises(LibraryError, match="har just ändrats; fråga igen"):
        reader.dense.cosines(encoder.encode_queries(["budget"])[0], reader.catalogue.numbers([removed]))


def test_readers_see_a_whole_version_while_others_write(place, sources, encoder):
    index_files(place, sources[:2], encoder)
    seen, failed, ended = [], [], threading.Event()

    def read() -> None:
        while not ended.is_set():
            try:
                seen.append(frozenset(state(place, encoder)))
            except Exception as error:
                failed.append(error)
                return

    reader = threading.Thread(target=read)
    reader.start()
    versions = {frozenset(map(str, sources[:2]))}
    for source in sources[2:]:
        index_files(place, [source], encoder)
        versions.add(frozenset(entry.source for entry in Library(place).entries))
    ended.set()
    reader.join()
    assert not failed
    assert seen
    assert set(seen) <= versions


def test_a_killed_writer_leaves_the_library_as_before_or_as_after(place, tmp_path):
    assert sum(crash_runs(4, seed=5, folder=tmp_path, library=place).values()) == 4


def test_two_writers_wait_for_each_other(place, sources, encoder):
    together, results = threading.Barrier(2), []

    def add(source) -> None:
        together.wait()
        results.extend(index_files(place, [source], encoder))

    writers = [threading.Thread(target=add, args=(source,)) for source in sources[:2]]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [result.outcome for result in results] == [Outcome.ADDED] * 2
    assert len(state(place, encoder)) == 2


def test_who_has_waited_long_enough_is_told(place, sources, encoder, monkeypatch):
    monkeypatch.setattr(lease, "WAIT_SECONDS", 0.1)
    with writing(place, encoder), pytest.raises(LibraryError, match=r"Någon annan ändrar just nu .* försök igen"):
        index_files(place, sources[:1], encoder)


@pytest.mark.parametrize("notices", ["that it was taken for dead", "that there is another version"])
def test_a_writer_that_was_taken_for_dead_changes_nothing(place, sources, encoder, monkeypatch, notices):
    index_files(place, sources[:1], encoder)
    before = state(place, encoder)
    late = writing(place, encoder)
    writer = late.__enter__()
    prepared = prepare(load_report(sources[2])[0])
    writer.add(prepared, str(sources[2]))
    monkeypatch.setattr(lease, "_dead", lambda writer, said: True)
    index_files(place, sources[1:2], encoder)
    after = state(place, encoder)
    if notices == "that there is another version":
        monkeypatch.setattr(Lease, "known", lambda self: True)
    with pytest.raises(LibraryError, match="Någon annan har börjat ändra"):
        late.__exit__(None, None, None)
    shutil.rmtree(home(place))
    assert state(place, encoder) == after
    assert before.items() < after.items()


def test_a_writer_that_has_been_away_stops(place, sources, encoder, monkeypatch):
    prepared, now = prepare(load_report(sources[0])[0]), time.time()

    def change() -> None:
        with writing(place, encoder) as writer:
            monkeypatch.setattr(time, "time", lambda: now + lease.LEASE_SECONDS)
            writer.add(prepared, str(sources[0]))

    with pytest.raises(LibraryError, match="Någon annan har börjat ändra"):
        change()
    monkeypatch.undo()
    assert not exists(place)


def test_what_this_machine_keeps_can_be_lost(place, sources, encoder):
    index_files(place, sources[:2], encoder)
    before = state(place, encoder)
    shutil.rmtree(home(place))
    assert state(place, encoder) == before


def test_a_library_that_milvus_has_put_away_is_taken_out_again(place, sources, encoder):
    index_files(place, sources[:1], encoder)
    before = state(place, encoder)
    client = MilvusClient(place.uri)
    for part in ("passages", "records"):
        client.release_collection(f"{place.name}_{part}")
    assert state(place, encoder) == before


def test_what_is_uploaded_is_asked_about_and_removed(place, assistant):
    service = Service(assistant, True, place)
    (result,) = service.add([Upload(sample_files()[1], "rapport.pdf")], lambda number, done: None)
    assert result.outcome is Outcome.ADDED
    answer, library = service.ask(Asked("Hur hög var sjukfrånvaron i Lindhaga 2023?"))
    assert library.place == place
    assert "7,8" in answer.sentences[0].text
    (entry,) = library.entries
    assert service.picture(entry, 1, ())
    service.remove(entry)
    assert len(service.library.entries) == 0
    assert not Path(entry.source).exists()
    service.close()


def test_a_damaged_copy_is_fetched_again(place, sources, encoder):
    index_files(place, sources[:2], encoder)
    before = state(place, encoder)
    for name in ("catalogue.sqlite", "frequencies.npz"):
        (copy,) = home(place).rglob(name)
        copy.write_bytes(copy.read_bytes()[:100])
        assert state(place, encoder) == before


def test_what_was_left_unfinished_goes_away(place, sources, encoder):
    index_files(place, sources[:1], encoder)
    (cache,) = (home(place) / "copies").iterdir()
    old, new, other = cache / "new-old", cache / "new-new", cache.with_name("0" * 32)
    for folder in (old, new, other):
        folder.mkdir()
    os.utime(old, (0, 0))
    Library(place)
    assert [folder.exists() for folder in (old, new, other)] == [False, True, False]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("library", "../../../../outside"),
        ("library", "/outside"),
        ("segments", ["../../../outside"]),
        ("following", "9"),
    ],
)
def test_names_from_milvus_are_no_paths(place, sources, encoder, field, value):
    """Who can write in Milvus must not be able to write elsewhere."""
    index_files(place, sources[:1], encoder)
    collections = Collections(place)
    ((identity, written),) = collections.of_kind("version").items()
    values = json.loads(zlib.decompress(base64.b64decode(written)))
    manifest = json.loads(values["manifest"])
    (values if field == "library" else manifest)[field] = value
    changed = json.dumps(values | {"manifest": json.dumps(manifest)})
    collections.put("version", {identity: base64.b64encode(zlib.compress(changed.encode())).decode()})
    before = sorted(home(place).parent.rglob("*"))
    with pytest.raises(LibraryError, match="är skadat; indexera"):
        Library(place)
    with pytest.raises(LibraryError, match="är skadat; indexera"):
        index_files(place, sources[1:2], encoder)
    assert sorted(home(place).parent.rglob("*")) == before


def test_a_damaged_library_is_told(place, sources, encoder):
    index_files(place, sources[:1], encoder)
    collections = Collections(place)
    (segment,) = Library(place).manifest.segments
    parts = [f"{segment}/catalogue.sqlite/000000"]
    assert collections.texts(parts)
    collections.forget(parts)
    shutil.rmtree(home(place))
    with pytest.raises(LibraryError, match="är skadat; indexera"):
        Library(place)


def test_milvus_that_does_not_answer_is_told(encoder):
    place = place_of("milvus://127.0.0.1:1/inget")
    with pytest.raises(LibraryError, match=r"^Milvus i milvus://127\.0\.0\.1:1/inget svarar inte som det ska"):
        exists(place)


class Refusing(grpc.GenericRpcHandler):
    """Answers as Milvus does to who has the wrong password."""

    def service(self, details):
        # An empty answer is a message whose fields are as by default: connected.
        connected = details.method.endswith("/Connect")
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: (
                b"" if connected else context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure")
            )
        )


def test_a_wrong_password_is_told():
    server = grpc.server(ThreadPoolExecutor(1), handlers=[Refusing()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with pytest.raises(LibraryError, match=r"RAPPORTSVAR_MILVUS_TOKEN \(.*auth check failure.*\)\.$"):
        exists(place_of(f"milvus://127.0.0.1:{port}/x"))
    server.stop(None)


def test_a_client_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "index.milvus", None)
    with pytest.raises(LibraryError, match=r"pip install 'rapportsvar\[milvus\]'"):
        exists(place_of("milvus://127.0.0.1/inget"))


@pytest.mark.parametrize(
    "text",
    [
        "milvus:",
        "milvus://",
        "milvus:///namn",
        "milvus://h:0/n",
        "milvus://h:99999/n",
        "milvus://h/å b",
        "milvus://[::1/x",
        "milvus://h/n?token=x",
        "MILVUS://h:x/n",
    ],
)
def test_what_is_no_address_is_told(text):
    with pytest.raises(LibraryError, match="är ingen adress till ett bibliotek"):
        place_of(text)


def test_the_password_is_not_part_of_the_address():
    with pytest.raises(LibraryError, match="RAPPORTSVAR_MILVUS_TOKEN") as told:
        place_of("milvus://user:hemligt@host/namn")
    assert "hemligt" not in str(told.value)
    assert place_of("milvuss://host/namn").uri == "https://host:19530"
