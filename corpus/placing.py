"""Which municipality a document is of: each that it names, with how probable that is.

A name votes by where it stands: before «kommun», alone, on the title page, in running headers, in web addresses and
e-mail, in postal addresses, in the file's name; what each is worth was fitted on labelled documents
(``python -m corpus.fitting``). Whoever speaks of «kommunen» and «nämnden» is likelier to be one.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from corpus.belief import Belief, Features, likely
from corpus.dating import TITLE_ZONE
from corpus.lexicon import known, zipf
from corpus.municipalities import EVERYDAY_WORDS, NAMES, name_pattern, official

KOMMUN = re.compile(r"(?<![\w-])((?:[A-ZÅÄÖ][\wåäöé-]+ )?[A-ZÅÄÖ][\wåäöé-]+) (?:kommun(?:en|ens|s)?|stad)(?![\w-])")
#: How a municipality's own papers speak of it.
OWN_VOICE = re.compile(r"\b(?:kommunen|nämnden|förvaltningen|kommunfullmäktige|\w+nämnden)s?\b", re.I)
#: "i samverkan med Bengtsfors" tells of a neighbour.
NEIGHBOUR = re.compile(r"(?:med|från|till|exempelvis|liksom) (?:bland annat )?$")
WEB = re.compile(r"(?<![\w-])(?:[\w.-]+@|https?://|www\.)?(?:[\w-]+\.)*([\wåäöé-]{2,})\.se\b", re.I)
POST = re.compile(r"\b[1-9]\d\d ?\d\d +([A-ZÅÄÖ][\wåäöéA-ZÅÄÖ-]+(?: [A-ZÅÄÖ][\wåäöé-]+)?)")
#: A name of so many letters is one in a file's name too.
LONG_ENOUGH = 4


def places(text: str, furniture: Iterable[str], name: str) -> Belief:
    """The municipalities that a document may be of, most probable first, each with its probability.

    They are read from its text, its running headers and its file's ``name``. What is left to 1 is that it is of none.
    """
    return likely("place", features(text, furniture, name))


def features(text: str, furniture: Iterable[str], name: str) -> Features:
    """For each municipality that is named, how often in each role, and for none how its own voice speaks."""
    header = "\n".join(furniture)
    words = Counter(re.findall(r"[\wåäö-]+", text))
    called, named = _named(text, words)
    title = _all_named(text[:TITLE_ZONE], words)
    running = _all_named(header, words)
    sites = WEB.findall(text)
    web = Counter(known for each in sites if (known := _by_letters().get(letters(each))))
    post = Counter(known for each in POST.findall(text) if (known := _by_letters().get(letters(each))))
    file = letters(name)
    every = {*called, *named, *title, *running, *web, *post}
    every |= {known for plain, known in _by_letters().items() if len(plain) > LONG_ENOUGH and plain in file}
    total = called.total() + named.total() or 1
    voice = math.log1p(len(OWN_VOICE.findall(text)))
    found: Features = {
        each: {
            "called": math.log1p(called[each]),
            "share": (called[each] + named[each]) / total,
            "named": math.log1p(named[each]),
            "title": float(title[each] > 0),
            "running": float(running[each] > 0),
            "web": web[each] / max(len(sites), 1),
            "post": float(post[each] > 0),
            "file": float(len(each) >= LONG_ENOUGH and letters(each) in file),
        }
        for each in every
    }
    found[None] = {"none": 1.0, "silent": 1.0 / (1.0 + voice)}
    return found


def _all_named(text: str, words: Counter[str]) -> Counter[str]:
    called, named = _named(text, words)
    return called + named


def _named(text: str, words: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """The names that stand before «kommun», and those that stand alone; a neighbour's don't count."""
    called: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for match in KOMMUN.finditer(text):
        name = municipality_name(match[1], words)
        if name and not NEIGHBOUR.search(text[max(0, match.start() - 40) : match.start()]):
            called[name] += 1
    for match in name_pattern().finditer(text):
        alone = text[: match.start()][-1:] in ("", "\n") and text[match.end() :][:1] in ("", "\n")
        neighbour = NEIGHBOUR.search(text[max(0, match.start() - 40) : match.start()])
        if (alone or match[1] not in EVERYDAY_WORDS) and not neighbour:
            named[match[1]] += 1
    return called, named


def municipality_name(words: str, counts: Counter[str]) -> str | None:
    """The municipality that stands before "kommun": a listed one, or a name of that shape."""
    for candidate in (words, words.split()[-1]):
        for name in (candidate, candidate.removesuffix("s")):
            if name in NAMES:
                return name
    candidate = words.split()[-1]
    if known(candidate.lower()) or zipf(candidate.lower()) >= 3.0 or candidate.isupper():
        # "Varje kommun" begins a sentence; it names nobody.
        return None
    base = candidate.removesuffix("s")
    return base if counts[base] or official(base).split()[0] == candidate else candidate


def letters(text: str) -> str:
    """A name as addresses write it: «Hällefors» is hallefors."""
    return re.sub(r"[^a-z]", "", text.lower().translate(str.maketrans("åäöé", "aaoe")))


@cache
def _by_letters() -> dict[str, str]:
    return {letters(name): name for name in NAMES}
