"""Fixtures: a scratch home for every test, real PDFs made on the spot, and libraries shared by tests."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest
from playwright.sync_api import Browser, sync_playwright
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from index.encode import Encoder, load_encoder
from index.ingest import index_files, report_files
from index.manifest import read_manifest
from index.samples import sample_library
from index.store import Library
from qa.assistant import Assistant
from qa.audit import Audit
from qa.users import Role, Users, set_user
from qa.web.access import Access
from qa.web.server import Running, build_server
from qa.web.service import Service


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's library or configuration; the shared cache is harmless."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("RAPPORTSVAR_LIBRARY", raising=False)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def samples(encoder: Encoder) -> Library:
    """The library of the sample reports."""
    return Library(sample_library(encoder))


@pytest.fixture(scope="session")
def assistant(samples: Library, encoder: Encoder) -> Assistant:
    return Assistant(samples, encoder)


#: Starts the page over a library; called with the library's folder and the file of users, if any.
PageServer = Callable[..., Running]
PASSWORD = "ett långt lösenord"


@contextmanager
def page_servers(assistant: Assistant, encoder: Encoder) -> Iterator[PageServer]:
    """Starts the real server on a free port: over the samples, or over a library where there is one."""
    started: list[Running] = []

    def serve(
        library: Path, auth: Path | None = None, mcp: bool = False, local: bool = True, audit: Audit | None = None
    ) -> Running:
        sample = read_manifest(library) is None
        asked = assistant if sample else Assistant(Library(library), encoder)
        access = Access(Users(auth) if auth else None, local, audit, ["rapporter.example"] if auth else ())
        server = Running(build_server(Service(asked, sample, library, audit=audit), access, mcp), "127.0.0.1", 0)
        started.append(server)
        server.start()
        return server

    yield serve
    for server in started:
        server.close()


@pytest.fixture
def serve_page(assistant: Assistant, encoder: Encoder) -> Iterator[PageServer]:
    """Starts a server that ends with the test."""
    with page_servers(assistant, encoder) as serve:
        yield serve


@pytest.fixture(scope="module")
def serve_pages(assistant: Assistant, encoder: Encoder) -> Iterator[PageServer]:
    """Starts servers that a module's tests share."""
    with page_servers(assistant, encoder) as serve:
        yield serve


@pytest.fixture(scope="session")
def sample_page(assistant: Assistant, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page over the sample reports, for those who change nothing."""
    with page_servers(assistant, encoder) as serve:
        yield serve(tmp_path_factory.mktemp("page") / "library", mcp=True).address


@pytest.fixture(scope="session")
def login_page(assistant: Assistant, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one where all must log in; "läsare" may, with ``PASSWORD``."""
    folder = tmp_path_factory.mktemp("login")
    set_user(folder / "users.json", "läsare", Role.READER, PASSWORD)
    with page_servers(assistant, encoder) as serve:
        yield serve(folder / "library", auth=folder / "users.json", mcp=True).address


@pytest.fixture
def own_glossary() -> Callable[[str], None]:
    """Writes the user's own glossary, in the configuration folder of the test."""

    def write(text: str) -> None:
        folder = Path(platformdirs.user_config_dir("rapportsvar"))
        folder.mkdir(parents=True)
        (folder / "glossary.txt").write_text(text, encoding="utf-8")

    return write


PdfMaker = Callable[..., Path]


def draw_pdf(path: Path, pages: list[list[str]], header: str = "", numbered: bool = False) -> Path:
    """A PDF with a text layer, a line of text per line; a tab moves to the next column."""
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for number, lines in enumerate(pages, 1):
        canvas.setFont("Helvetica", 9)
        if header:
            canvas.drawString(50, 815, header)
        height = 790.0
        for line in lines:
            for column, cell in enumerate(line.split("\t")):
                canvas.drawString(50 + (column and 170 + 62 * column), height, cell)
            height -= 12
        if numbered:
            canvas.drawRightString(545, 25, f"Sida {number} av {len(pages)}")
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture
def make_pdf(tmp_path: Path) -> PdfMaker:
    def make(name: str, *pages: list[str], **options: object) -> Path:
        return draw_pdf(tmp_path / name, list(pages), **options)  # type: ignore[arg-type]

    return make


# --- what not every machine has: real reports, a browser, proxies ------------------------------------------

REAL = os.environ.get("RAPPORTSVAR_REPORTS")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
#: What checks the examples for administrators, by its tests' marker.
TOOLS = {"caddy": shutil.which("caddy"), "nginx": shutil.which("nginx"), "systemd": shutil.which("systemd-analyze")}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of what this machine lacks, saying so."""
    lacking = [name for name, found in {"real": REAL, "browser": BROWSER, **TOOLS}.items() if not found]
    left_out = [item for item in items if any(map(item.get_closest_marker, lacking))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_report_header() -> list[str]:
    return [
        f"real reports: {REAL or 'none (set RAPPORTSVAR_REPORTS to test on them; those tests are deselected)'}",
        f"browser: {BROWSER or 'none (install Chromium to test the pages; those tests are deselected)'}",
        *(f"{name}: {found or 'none (the test of its example is deselected)'}" for name, found in TOOLS.items()),
    ]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser that asks nothing of its own."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=BROWSER, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def real_folder() -> Path:
    assert REAL
    return Path(REAL)


@pytest.fixture(scope="session")
def real_library(real_folder: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("real")
    index_files(folder, report_files([real_folder]), encoder)
    return Library(folder)


def as_pdf(source: Path, target: Path) -> Path:
    """A text report as a PDF of 50 lines a page, with a running header and page numbers."""
    lines: list[str] = []
    for line in source.read_text(encoding="utf-8").split("\n"):
        if "\t" in line and len(line) < 120:
            lines.append(line)
        else:
            lines.extend(simpleSplit(line.replace("\t", "   "), "Helvetica", 9, 495) or [""])
    pages = [lines[at : at + 50] for at in range(0, len(lines), 50)]
    return draw_pdf(target, pages, header="Uppföljning av nämndens verksamhet", numbered=True)


@pytest.fixture(scope="session")
def real_pdf_library(real_folder: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("pdf")
    for source in sorted(real_folder.glob("*.txt")):
        as_pdf(source, folder / f"{source.stem}.pdf")
    index_files(folder / "library", report_files([folder]), encoder)
    return Library(folder / "library")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection to another machine fails the test."""
    import socket

    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> object:
        host = address[0] if isinstance(address, tuple) else "local"
        assert host in ("127.0.0.1", "::1", "localhost", "local"), f"a connection to {host}"
        return connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
