"""Text pairs for contrastive training, read from a folder of gzipped TSV and paragraph files."""

import gzip
import random
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: How often a source's pairs are repeated: the nearer to municipal welfare, the more often.
SOURCE_WEIGHT = {
    "kolada": 3,
    "socialstyrelsen_koder": 3,
    "socialstyrelsen_fmb": 3,
    "myndighetssvenska": 3,
    "stodlinjer": 3,
    "botkyrka": 3,
    "riksarkivet_forvaltningshistoria": 2,
    "swequad_mc": 3,
    "squad_sv": 1,
}
#: At most so many passages for one title, or a few course titles would fill the batches.
PASSAGES_PER_TITLE = 15
#: Files whose second column is not a Swedish passage.
SKIPPED = ("swe_eng", "pairs_scored", "unanswerable", "synonyms")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ–])")


@dataclass(frozen=True, slots=True)
class Pair:
    """A short text and the longer text that it should find."""

    query: str
    passage: str

    @property
    def held_back(self) -> bool:
        """Whether the pair belongs to the two per cent kept for early stopping."""
        return zlib.crc32(self.passage.encode()) % 50 == 0


def open_text(path: Path) -> Iterator[str]:
    """The lines of a text file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").replace("\\n", " ")


def titled_pairs(folder: Path) -> Iterator[Pair]:
    """Title–passage, term–definition and question–passage pairs, weighted by source."""
    for path in sorted(folder.glob("*/*.tsv*")):
        if any(part in path.name for part in SKIPPED):
            continue
        seen: Counter[str] = Counter()
        for line in open_text(path):
            fields = line.split("\t")
            if len(fields) < 2 or not fields[0].strip() or len(fields[1].split()) < 2:
                continue
            seen[fields[0]] += 1
            if seen[fields[0]] > PASSAGES_PER_TITLE:
                continue
            for _ in range(SOURCE_WEIGHT.get(path.parent.name, 1)):
                yield Pair(fields[0], fields[1])


def synonym_pairs(folder: Path) -> Iterator[Pair]:
    """Words with their synonyms, so that lay and official terms come near each other."""
    for path in sorted(folder.glob("*/synonyms.tsv*")):
        for line in open_text(path):
            word, _, synonyms = line.partition("\t")
            if synonyms:
                yield Pair(word, synonyms.replace("|", " "))


def sentence_pairs(folder: Path, rng: random.Random) -> Iterator[Pair]:
    """One sentence of each paragraph against the rest of it (the inverse cloze task, Lee et al. 2019)."""
    for path in sorted(folder.glob("*/paragraphs.txt*")):
        for line in open_text(path):
            sentences = SENTENCE_END.split(line)
            if len(sentences) < 2:
                continue
            chosen = rng.randrange(len(sentences))
            rest = " ".join(sentences[:chosen] + sentences[chosen + 1 :])
            if 4 <= len(sentences[chosen].split()) <= 40 and len(rest.split()) >= 6:
                yield Pair(sentences[chosen], rest)


def paragraphs(folder: Path) -> Iterator[str]:
    """Every paragraph, to train the tokenizer on."""
    for path in sorted(folder.glob("*/*.txt*")):
        yield from open_text(path)
    for pair in titled_pairs(folder):
        yield pair.query
