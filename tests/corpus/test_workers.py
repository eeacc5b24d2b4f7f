"""Work on files that come from strangers."""

import multiprocessing
import os
import time

import pytest

from corpus import workers
from corpus.errors import DamagedFile, EmptyFile, TooLarge, UnreadableFile
from corpus.workers import Workers


def shout(path, tell):
    tell(1, 2)
    return path.name.upper()


def fail_as_expected(path, tell):
    raise EmptyFile(f"{path.name} är tom.")


def stumble(path, tell):
    raise ZeroDivisionError


def hang(path, tell):
    time.sleep(60)


def crawl(path, tell):
    while True:
        time.sleep(0.1)
        tell(1, 2)


def crash(path, tell):
    os.abort()


def devour(path, tell):
    return len(bytearray(workers.MOST_MEMORY))


def write(path, tell):
    with path.open("wb") as file:
        file.write(b"x")


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(workers, "STUCK_SECONDS", 1.0)
    monkeypatch.setattr(workers, "LONGEST_SECONDS", 2.0)
    with Workers(__name__, most=2) as two:
        yield two


def test_results_come_as_they_are_asked_for(two, tmp_path):
    told = []
    for number in range(5):
        two.start(number, shout, tmp_path / f"{number}.pdf")
    assert [two.result(number, lambda *done: told.append(done)) for number in range(5)] == [
        f"{number}.PDF" for number in range(5)
    ]
    assert (1, 2) in told


@pytest.mark.parametrize(
    ("work", "kind", "words"),
    [
        (fail_as_expected, EmptyFile, r"a\.pdf är tom"),
        (stumble, DamagedFile, "gick inte att tolka"),
        (hang, UnreadableFile, "för lång tid"),
        (crawl, UnreadableFile, "för lång tid"),
        (crash, UnreadableFile, "kraschade"),
        (devour, TooLarge, "för mycket minne"),
        (write, DamagedFile, "gick inte att tolka"),
    ],
)
def test_what_goes_wrong_costs_its_own_file_alone(two, tmp_path, work, kind, words):
    two.start(1, work, tmp_path / "a.pdf")
    two.start(2, shout, tmp_path / "b.pdf")
    with pytest.raises(kind, match=words):
        two.result(1)
    assert two.result(2) == "B.PDF"
    two.start(3, shout, tmp_path / "c.pdf")
    assert two.result(3) == "C.PDF"


def test_a_worker_that_has_died_idle_is_replaced(two, tmp_path):
    two.start(1, shout, tmp_path / "a.pdf")
    assert two.result(1) == "A.PDF"
    for process in multiprocessing.active_children():
        process.kill()
        process.join()
    two.start(2, shout, tmp_path / "b.pdf")
    assert two.result(2) == "B.PDF"
