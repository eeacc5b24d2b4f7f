"""The options that several commands have, and the assistant that they ask for."""

from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from index.encode import load_encoder
from index.places import Place, place_of
from index.samples import NOTICE, sample_library
from index.store import Library, exists
from qa.assistant import Assistant
from qa.retrieve import Mode
from qa.terminal import err, say

LibraryOption = Annotated[
    str | None,
    typer.Option(
        "--library",
        help="Bibliotekets mapp, eller milvus://DATOR:PORT/NAMN.",
        envvar="RAPPORTSVAR_LIBRARY",
        metavar="MAPP",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Annan sentence-transformers-modell (mapp eller namn).", metavar="MODELL"),
]
MunicipalityOption = Annotated[str | None, typer.Option("--municipality", help="Kommun.", metavar="KOMMUN")]
YearOption = Annotated[int | None, typer.Option("--year", help="År.", metavar="ÅR", min=1900, max=2100)]
RetrieverOption = Annotated[Mode, typer.Option("--retriever", help="Sökmetod.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Skriv JSON.")]


def library_place(given: str | None) -> Place:
    """Where the library is: what was given, or in the user's data folder.

    Raises:
        LibraryError: if no library can be there.
    """
    return place_of(given or str(Path(platformdirs.user_data_dir("rapportsvar")) / "library"))


def open_assistant(library: str | None, model: str | None, mode: Mode) -> tuple[Assistant, bool]:
    """An assistant over the library, or over the sample reports (True) where there is none."""
    place = library_place(library)
    sample = not exists(place)
    if sample:
        say(f"{NOTICE} Lägg till egna med «rapportsvar index MAPP».", "yellow", err)
    # The first time, the word list and the sample reports are prepared; after that it takes no time.
    with err.status("Förbereder sökningen …"):
        encoder = load_encoder(model)
        if sample:
            place = sample_library(encoder)
        return Assistant(Library(place), encoder, mode), sample
