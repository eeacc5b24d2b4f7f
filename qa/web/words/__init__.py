"""The page's own words, in one file per language."""

import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES = ("sv", "en")


class Words:
    """The words of one language: ``words("ask.button")``, ``words("turn.source", number=2)``."""

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words

    def __call__(self, key: str, **values: object) -> str:
        """The words of a key, with values in their places.

        Raises:
            KeyError: if there is no such key, or a value is missing.
        """
        return self._words[key].format(**values)

    def counted(self, key: str, one: str, count: int) -> str:
        """The words for how many: those of ``one`` for one, else those of ``key`` with the count."""
        return self(one) if count == 1 else self(key, count=f"{count:,}".replace(",", " "))

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._words)


@cache
def load_words(language: str) -> Words:
    """The words of a language of ``LANGUAGES``."""
    content = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    flat: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, str):
            flat[name] = value
        else:
            flat.update({f"{name}.{key}": text for key, text in value.items()})
    return Words(flat)
