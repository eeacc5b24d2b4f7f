"""The options that several commands have, and the assistant that they ask for."""

from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from index.encode import load_encoder
from index.manifest import read_manifest
from index.samples import NOTICE, sample_library
from index.store import Library
from qa.assistant import Assistant
from qa.retrieve import Mode
from qa.terminal import err

LibraryOption = Annotated[
    Path | None,
    typer.Option("--library", help="Bibliotekets mapp.", envvar="RAPPORTSVAR_LIBRARY", metavar="MAPP"),
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Annan sentence-transformers-modell (mapp eller namn).", metavar="MODELL"),
]
MunicipalityOption = Annotated[str | None, typer.Option("--municipality", help="Kommun.", metavar="KOMMUN")]
YearOption = Annotated[int | None, typer.Option("--year", help="År.", metavar="ÅR", min=1900, max=2100)]
RetrieverOption = Annotated[Mode, typer.Option("--retriever", help="Sökmetod.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Skriv JSON.")]


def library_path(given: Path | None) -> Path:
    """The library's folder: what was given, or the user's data folder."""
    return (given or Path(platformdirs.user_data_dir("rapportsvar")) / "library").absolute()


def open_assistant(library: Path | None, model: str | None, mode: Mode) -> tuple[Assistant, bool]:
    """An assistant over the library, or over the sample reports (True) where there is none."""
    path = library_path(library)
    sample = read_manifest(path) is None
    if sample:
        err.print(f"{NOTICE} Lägg till egna med «rapportsvar index MAPP».", style="yellow", highlight=False)
    # The first time, the word list and the sample reports are prepared; after that it takes no time.
    with err.status("Förbereder sökningen …"):
        encoder = load_encoder(model)
        if sample:
            path = sample_library(encoder)
        return Assistant(Library(path), encoder, mode), sample
