"""Half an hour of mixed load on a server on this machine: errors, times, and memory as it goes.

Run with ``python -m benchmarks.soak --minutes 30 --users 20``. The users log in, ask, search, list figures, open
sources and pictures, take answers along as documents, and wait a while in between; meanwhile a report is added and
removed again every half minute. All of it goes to 127.0.0.1, and stops by itself.
"""

import argparse
import asyncio
import base64
import json
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.made import made_reports, write_text
from benchmarks.timing import machine, percentiles
from index.encode import load_encoder
from index.ingest import index_files
from index.samples import sample_files
from qa.users import Role, set_user

PASSWORD = "ett långt lösenord"
COMMAND = "from qa.cli import run; run()"
QUESTIONS = (
    "Varför blev det underskott inom hemtjänsten i Norrvik 2023?",
    "Hur hög var sjukfrånvaron i Lindhaga 2023?",
    "Hur har antalet orosanmälningar utvecklats i Norrvik?",
    "Vilka risker finns i Norrvik 2024?",
    "Fick särskilt boende i Lindhaga ett överskott 2023?",
    "Vad kostade inhyrda sjuksköterskor?",
    "Hur många bygglov gavs i Norrvik 2023?",
    "Jämför sjukfrånvaron i Norrvik och Lindhaga 2023.",
)
#: Seconds that a user reads before the next step, on average.
READS = 1.5
CHANGE_SECONDS = 30.0
SAMPLE_SECONDS = 30.0
START_SECONDS = 60


@dataclass
class Log:
    """What has happened so far."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    #: Seconds since the start, the server's own memory and that of all its processes, in MB, and how many those are.
    memory: list[tuple[float, float, float, int]] = field(default_factory=list)


class User:
    """One user with a session of its own."""

    def __init__(self, address: str, name: str, log: Log, seed: int) -> None:
        token = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
        self._client = httpx.AsyncClient(
            base_url=address, headers={"authorization": f"Basic {token}", "accept": "text/html"}, timeout=60
        )
        self._log = log
        self._chance = random.Random(seed)
        self._sources: list[str] = []

    async def until(self, end: float) -> None:
        """Use the page until a time."""
        steps = (self.ask, self.ask, self.ask, self.search, self.figures, self.source, self.document, self.page)
        while time.monotonic() < end:
            step = self._chance.choice(steps)
            began = time.perf_counter()
            try:
                await step()
                self._log.times[step.__name__].append(time.perf_counter() - began)
            except (httpx.HTTPError, AssertionError, ValueError) as error:
                self._log.errors[f"{step.__name__}: {type(error).__name__} {str(error)[:80]}"] += 1
            await asyncio.sleep(self._chance.expovariate(1 / READS))
        await self._client.aclose()

    async def _get(self, path: str, **values: Any) -> httpx.Response:
        answer = await self._client.get(path, **values)
        assert answer.status_code == 200, f"{answer.status_code} {path.split('?')[0]}"
        return answer

    async def _call(self, endpoint: str, *values: Any) -> Any:
        sent = await self._client.post(f"/gradio_api/call/{endpoint}", json={"data": list(values)})
        assert sent.status_code == 200, f"{sent.status_code} {endpoint}"
        answer = await self._get(f"/gradio_api/call/{endpoint}/{sent.json()['event_id']}")
        found = re.search(r"event: complete\ndata: (.*)", answer.text)
        assert found, answer.text[:80]
        return json.loads(found[1])[0]

    async def ask(self) -> None:
        question = self._chance.choice(QUESTIONS)
        found = await self._call("ask", question, "", "", 0, "")
        assert found["question"] == question
        self._sources = [f"/kalla/{each['report_id']}?q={each['start']}-{each['end']}" for each in found["citations"]]

    async def search(self) -> None:
        assert await self._call("search", self._chance.choice(QUESTIONS), "", "", 0, 10)

    async def figures(self) -> None:
        await self._get("/siffror.csv", params={"fraga": "sjukfrånvaro"})

    async def source(self) -> None:
        if self._sources:
            page = await self._get(self._chance.choice(self._sources))
            for picture in re.findall(r'src="(/sida/[^"]+)"', page.text)[:1]:
                await self._get(picture.replace("&amp;", "&"))

    async def document(self) -> None:
        kind = self._chance.choice(("docx", "pdf"))
        await self._get(f"/underlag/{kind}", params={"fraga": self._chance.choice(QUESTIONS)})

    async def page(self) -> None:
        await self._get("/")


async def _change(library: Path, extra: Path, end: float, log: Log) -> None:
    """Add a report and remove it again, by the command, until a time."""
    while time.monotonic() < end:
        for words in (["index", str(extra)], ["remove", extra.name]):
            done = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                COMMAND,
                *words,
                "--library",
                str(library),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            _, said = await done.communicate()
            if done.returncode:
                log.errors[f"{words[0]}: {said.decode()[-80:]}"] += 1
            await asyncio.sleep(min(CHANGE_SECONDS / 2, max(0.0, end - time.monotonic())))


def _memory(process: int) -> tuple[float, float, int]:
    """The memory of a process, and of it with all its children, in MB, and how many they are."""
    children: dict[int, list[int]] = defaultdict(list)
    own: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        except OSError:
            continue
        children[int(status["PPid"])].append(int(folder.name))
        own[int(folder.name)] = float(status.get("RssAnon", "0 kB").split()[0]) / 1000
    everyone, waiting = [], [process]
    while waiting:
        each = waiting.pop()
        everyone.append(each)
        waiting += children[each]
    return own.get(process, 0.0), sum(own.get(each, 0.0) for each in everyone), len(everyone)


async def _watch(process: int, began: float, end: float, log: Log) -> None:
    while time.monotonic() < end:
        log.memory.append((time.monotonic() - began, *_memory(process)))
        await asyncio.sleep(min(SAMPLE_SECONDS, max(0.1, end - time.monotonic())))
    log.memory.append((time.monotonic() - began, *_memory(process)))


async def soak(minutes: float, users: int, folder: Path) -> Log:
    """Run the load against a server of its own; what happened."""
    library, people, extra = folder / "library", folder / "users.json", folder / "en-till.txt"
    index_files(library, sample_files(), load_encoder())
    write_text(next(made_reports(1)), extra)
    for number in range(users):
        set_user(people, f"användare{number}", Role.READER, PASSWORD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "--port", str(port), "--auth", str(people), "--library", str(library)]
    log = Log()
    server = subprocess.Popen([sys.executable, "-c", COMMAND, *words], stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(START_SECONDS * 5):
            await asyncio.sleep(0.2)
            try:
                httpx.get(f"{address}/logga-in")
                break
            except httpx.TransportError:
                continue
        began = time.monotonic()
        end = began + 60 * minutes
        everyone = [User(address, f"användare{number}", log, number) for number in range(users)]
        await asyncio.gather(
            *(user.until(end) for user in everyone),
            _change(library, extra, end, log),
            _watch(server.pid, began, end, log),
        )
        if server.poll() is not None:
            log.errors[f"the server ended with {server.returncode}"] += 1
    finally:
        server.terminate()
        server.wait(20)
    return log


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--users", type=int, default=20)
    arguments = parser.parse_args()
    console = Console()
    console.print(machine())
    with tempfile.TemporaryDirectory() as folder:
        log = asyncio.run(soak(arguments.minutes, arguments.users, Path(folder)))
    done = sum(map(len, log.times.values()))
    title = f"{arguments.users} users, {arguments.minutes:g} minutes: {done:,} steps, {log.errors.total()} errors"
    table = Table("step", "times", "p50 ms", "p95 ms", "p99 ms", "longest ms", title=title)
    for step, times in sorted(log.times.items()):
        values = (*percentiles(times), 1000 * max(times))
        table.add_row(step, str(len(times)), *(f"{each:.0f}" for each in values))
    console.print(table)
    for error, count in log.errors.most_common():
        console.print(f"{count} × {error}", markup=False)
    curve = Table("minute", "server MB", "with its processes MB", "processes", title="own memory")
    every = max(1, len(log.memory) // 15)
    for at, own, together, processes in [*log.memory[::every], log.memory[-1]]:
        curve.add_row(f"{at / 60:.1f}", f"{own:.0f}", f"{together:.0f}", str(processes))
    console.print(curve)


if __name__ == "__main__":
    main()
