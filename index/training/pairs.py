"""Text pairs for contrastive training, read from a folder of TSV and paragraph files, gzipped or not.

A folder has one sub-folder per source. ``*.tsv`` files have a short text, a tab, and the passage
that it should find; ``synonyms.tsv`` a word, a tab, and its synonyms parted by |;
``paragraphs.txt`` and other ``*.txt`` files a paragraph on each line.
"""

import gzip
import random
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import RapportsvarError

#: How often a source's pairs are repeated: the nearer to municipal welfare, and to questions, the more often.
SOURCE_WEIGHT = {
    "kolada": 3,
    "socialstyrelsen_koder": 3,
    "socialstyrelsen_fmb": 3,
    "myndighetssvenska": 3,
    "stodlinjer": 3,
    "botkyrka": 3,
    "riksarkivet_forvaltningshistoria": 2,
    "swequad_mc": 6,
    "squad_sv": 3,
}
#: At most so many passages for one title, or a few course titles would fill the batches.
PASSAGES_PER_TITLE = 15
#: Files whose second column is not a Swedish passage, or not one that answers.
SKIPPED = ("swe_eng", "pairs_scored", "unanswerable", "synonyms", "kpi_")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ–])")
WORD = re.compile(r"\w+")
#: A text that shares so many words in a row with a benchmark is not trained on.
SHARED_WORDS = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """A short text and the longer text that it should find, with the source that they are from."""

    source: str
    query: str
    passage: str

    @property
    def held_back(self) -> bool:
        """Whether the pair belongs to the two per cent kept for early stopping."""
        return zlib.crc32(self.passage.encode()) % 50 == 0


class Exclusion:
    """The texts that must not be trained on: those of the benchmarks that the encoder is measured with."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._shingles = {shingle for text in texts for shingle in _shingles(text)}
        self.count = 0

    @classmethod
    def read(cls, folder: Path) -> "Exclusion":
        """Every field of the TSV files under ``folder`` but their training parts.

        Raises:
            RapportsvarError: if there are none, so that nothing would be left out.
        """
        files = [path for path in sorted(folder.rglob("*.tsv*")) if not path.name.split(".")[0].endswith("train")]
        if not files:
            raise RapportsvarError(f"Det finns inga TSV-filer i {folder}; ange mappen med testmängderna.")
        return cls(field for path in files for line in open_text(path) for field in line.split("\t"))

    def __contains__(self, text: str) -> bool:
        """Whether the text shares eight words in a row with an excluded one; counted."""
        found = any(shingle in self._shingles for shingle in _shingles(text))
        self.count += found
        return found


def _shingles(text: str) -> Iterator[int]:
    words = WORD.findall(text.lower())
    for at in range(len(words) - SHARED_WORDS + 1):
        yield zlib.crc32(" ".join(words[at : at + SHARED_WORDS]).encode())


def open_text(path: Path) -> Iterator[str]:
    """The lines of a text file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").replace("\\n", " ")


def titled_pairs(folder: Path, exclusion: Exclusion) -> Iterator[Pair]:
    """Title–passage, term–definition and question–passage pairs, each once."""
    for path in sorted(folder.glob("*/*.tsv*")):
        if any(part in path.name for part in SKIPPED):
            continue
        passages: Counter[str] = Counter()
        seen: set[tuple[str, str]] = set()
        for line in open_text(path):
            query, _, rest = line.partition("\t")
            query, passage = query.strip(), rest.split("\t")[0].strip()
            if not query or len(passage.split()) < 2 or (query, passage) in seen:
                continue
            seen.add((query, passage))
            passages[query] += 1
            if passages[query] <= PASSAGES_PER_TITLE and f"{query} {passage}" not in exclusion:
                yield Pair(path.parent.name, query, passage)


def synonym_pairs(folder: Path) -> Iterator[Pair]:
    """Words with each of their synonyms, so that lay and official terms come near each other."""
    for path in sorted(folder.glob("*/synonyms.tsv*")):
        for line in open_text(path):
            word, _, synonyms = line.partition("\t")
            for synonym in filter(None, synonyms.split("|")):
                yield Pair("synonyms", word, synonym)


def paragraphs(folder: Path, exclusion: Exclusion) -> Iterator[tuple[str, str]]:
    """Every paragraph once, with its source."""
    seen: set[int] = set()
    for path in sorted(folder.glob("*/*.txt*")):
        for line in open_text(path):
            mark = zlib.crc32(line.encode())
            if line and mark not in seen and line not in exclusion:
                seen.add(mark)
                yield path.parent.name, line


def sentence_pairs(found: Iterable[tuple[str, str]], rng: random.Random) -> Iterator[Pair]:
    """One sentence of each paragraph against the rest of it (the inverse cloze task, Lee et al. 2019).

    A question is chosen before other sentences: what follows it is its answer.
    """
    for source, paragraph in found:
        sentences = SENTENCE_END.split(paragraph)
        fit = [at for at, sentence in enumerate(sentences) if 4 <= len(sentence.split()) <= 40]
        if len(sentences) < 2 or not fit:
            continue
        chosen = rng.choice([at for at in fit if sentences[at].endswith("?")] or fit)
        rest = " ".join(sentences[:chosen] + sentences[chosen + 1 :])
        if len(rest.split()) >= 6:
            yield Pair(source, sentences[chosen], rest)
