"""What is known of Swedish words: their dictionary form and how common they are.

The words come from simplemma's Swedish dictionary (964,000 forms) and wordfreq's Swedish list
(340,000 forms). Loading those takes seconds, so they are compiled once, at first use, into two
memory-mapped tries in the user's cache folder, which open in milliseconds.
"""

import itertools
import math
import os
import struct
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

import marisa_trie
import platformdirs

FREQUENCY = "<B"
#: Zipf frequencies (log10 of occurrences per billion words, van Heuven et al. 2014) are stored in tenths.
ZIPF_STEPS = 10


def _cache_folder() -> Path:
    versions = "-".join(version(name) for name in ("simplemma", "wordfreq", "marisa-trie"))
    return Path(platformdirs.user_cache_dir("rapportsvar")) / f"lexicon-1-{versions}"


def _compile() -> tuple[marisa_trie.BytesTrie, marisa_trie.RecordTrie]:
    """Build both tries from the packages' data."""
    import wordfreq
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    forms = DefaultDictionaryFactory().get_dictionary("sv")
    lemmas = marisa_trie.BytesTrie((form, lemma.encode()) for form, lemma in forms.items())
    common = wordfreq.get_frequency_dict("sv", wordlist="large")
    frequencies = marisa_trie.RecordTrie(
        FREQUENCY,
        ((word, (round(wordfreq.freq_to_zipf(share) * ZIPF_STEPS),)) for word, share in common.items()),
    )
    return lemmas, frequencies


def _save(trie: marisa_trie.BytesTrie | marisa_trie.RecordTrie, path: Path) -> None:
    """Write beside and rename, so that another process never maps half a file."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    trie.save(str(beside))
    os.replace(beside, path)


@cache
def _tries() -> tuple[marisa_trie.BytesTrie, marisa_trie.RecordTrie]:
    folder = _cache_folder()
    paths = folder / "lemmas.marisa", folder / "frequencies.marisa"
    try:
        if not all(path.exists() for path in paths):
            tries = _compile()
            folder.mkdir(parents=True, exist_ok=True)
            for trie, path in zip(tries, paths, strict=True):
                _save(trie, path)
            return tries
        return (
            marisa_trie.BytesTrie().mmap(str(paths[0])),
            marisa_trie.RecordTrie(FREQUENCY).mmap(str(paths[1])),
        )
    except (OSError, RuntimeError, struct.error):
        # A read-only or damaged cache costs time, never an answer.
        return _compile()


@lru_cache(maxsize=200_000)
def lemma(word: str) -> str | None:
    """The dictionary form of a lower-case ``word``; None if the dictionary lacks it."""
    found = _tries()[0].get(word)
    return found[0].decode() if found else None


@lru_cache(maxsize=200_000)
def zipf(word: str) -> float:
    """How common a lower-case ``word`` is, from 0 (unseen) to about 7.5 ("och")."""
    found = _tries()[1].get(word)
    return found[0][0] / ZIPF_STEPS if found else 0.0


def known(word: str) -> bool:
    """Whether a lower-case ``word`` is in the dictionary or is used now and then."""
    return lemma(word) is not None or zipf(word) >= 2.0


#: The letters that a foreign keyboard, or a hurry, leaves without their marks.
MARKED = {"a": "aåä", "o": "oö", "e": "eé"}
#: So much more common must a word with marks be than the one without, in powers of ten.
PLAINLY_COMMONER = 1.0
#: A form that the dictionary has and nobody writes; genitives before another part are such.
SELDOM = 0.5
#: So common is a word, or a name, that no dictionary needs to have it.
EVERYDAY = 3.5
#: Words with more such letters have too many readings to try, and are seldom one word.
MOST_READINGS = 1_500


@lru_cache(maxsize=20_000)
def with_marks(word: str) -> str:
    """The lower-case Swedish word that ``word`` is written for, without its rings and dots: "kotiden" is "kötiden".

    The word itself where it is a word, unless another is at least ten times as common ("for" is "för").
    """
    found = _marked(word)
    if found != word or known(word) or len(word) > LONGEST_COMPOUND:
        return found
    # A compound that neither list has: of the ways to part it, the one whose rarer half is the commonest.
    ways = [(_marked(word[:at]), _marked(word[at:])) for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]
    first, last = max(ways, key=lambda way: min(map(_standing, way)), default=(word, ""))
    return first + last if compound_parts(first + last) else word


@lru_cache(maxsize=20_000)
def _marked(word: str) -> str:
    """The reading of a word that is in the lists and the commonest, if it is sure; else the word."""
    choices = [MARKED.get(letter, letter) for letter in word]
    if math.prod(map(len, choices)) > MOST_READINGS:
        return word
    best = max(map("".join, itertools.product(*choices)), key=lambda each: (_standing(each), each == word))
    sure = lemma(best) is not None or zipf(best) >= EVERYDAY
    return best if sure and (zipf(best) >= zipf(word) + PLAINLY_COMMONER or not known(word)) else word


def _standing(word: str) -> tuple[float, bool]:
    """How much of a word a string is: how common, and whether the dictionary has it."""
    return max(zipf(word), SELDOM * (lemma(word) is not None)), lemma(word) is not None


#: Letters that Swedish puts, or takes away, between the parts of a compound.
LINKS = ("", "s")
SHORTEST_PART = 3
#: Beyond this it is no word but rubbish, and splitting it would take for ever.
LONGEST_COMPOUND = 45
#: A part is an everyday word; rarer strings ("ning", "ande") would split anything.
COMMON = 3.2
#: A long word of the dictionary need not be as common: "vräkning" splits nothing by chance.
LONG_PART = 7
COMMON_LONG = 1.5
MOST_PARTS = 4
#: Words that bind others together are no parts of compounds, common as they are.
FUNCTION_WORDS = frozenset(
    """och att som för med det den har inte till från var vid men ett detta där under han hon ska kan
    sig man vara är av på om de en så när ha hade blir blev varit kommer får fått eller samt dock sin
    sitt sina nu här ut upp in ner alla allt andra mer mest många vi ni jag du mig dig oss er dem dess
    denna dessa vilket vilka vilken även efter över utan genom mot mellan inom enligt per hos ej än
    bara också redan dels bland annat ännu något någon några ingen inga inget sådan sådana vars ger
    går gör tar ser säger kunna skulle måste bör vill ville blivit bli gått gett tagit gjort lett""".split()
)


#: Endings that make a word of another word; as words of their own they mean something else.
SUFFIXES = frozenset("het skap sam bar lig dom hets aktig lös".split())
#: Prepositions and adverbs that do begin compounds: förskola, efterfrågan, överskott.
COMPOUNDING = frozenset("för efter över under mot mellan ut upp in ner till från vid genom".split())


@lru_cache(maxsize=200_000)
def compound_parts(word: str) -> tuple[str, ...]:
    """The parts of a lower-case compound, as they stand in it; empty if it is none.

    Splits in two, each part again where it can be split, and prefers the split whose rarer
    part is the most common, with the longest last part: it carries the meaning.
    """
    if len(word) > LONGEST_COMPOUND:
        return ()
    best: tuple[tuple[float, int], tuple[str, ...]] | None = None
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        head, tail = word[:at], word[at:]
        if not _tail_word(tail):
            continue
        for link in LINKS:
            if not head.endswith(link):
                continue
            stem = head[: len(head) - len(link)]
            if len(stem) < SHORTEST_PART:
                continue
            if _head_word(stem):
                parts: tuple[str, ...] = (stem,)
            elif len(stem) > 2 * SHORTEST_PART:
                parts = compound_parts(stem)
            else:
                parts = ()
            if parts and len(parts) < MOST_PARTS:
                rank = (min(*(_commonness(part) for part in parts), _commonness(tail)), len(tail))
                if best is None or rank > best[0]:
                    best = rank, (*parts, tail)
    return best[1] if best else ()


def _commonness(part: str) -> float:
    base = lemma(part)
    return max(zipf(part), zipf(base) if base else 0.0)


@lru_cache(maxsize=200_000)
def _tail_word(part: str) -> bool:
    if part in FUNCTION_WORDS or lemma(part) in SUFFIXES:
        return False
    return lemma(part) is not None and _commonness(part) >= _needed(part)


def _needed(part: str) -> float:
    return COMMON_LONG if len(part) >= LONG_PART and lemma(part) == part else COMMON


def _head_word(part: str) -> bool:
    """Whether ``part`` is a word or a compound's form of one: familje-, kyrko-, skol-."""
    if part in FUNCTION_WORDS - COMPOUNDING:
        return False
    if zipf(part) >= _needed(part) and lemma(part) is not None:
        return True
    if part.endswith(("e", "o", "u")) and _tail_word(part[:-1]):
        return True
    return any(_tail_word(part + vowel) for vowel in "aeno")
