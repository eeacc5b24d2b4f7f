"""Text from outside as it may be shown: valid, and with nothing in it that is not seen."""

import re

#: Control characters, spaces without width, and marks that turn the direction of text (Unicode TR 36, 2.7).
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
REPLACEMENT = "\ufffd"


def printable(text: str) -> str:
    """A text, or a path, as valid text, whatever bytes the file system has in it."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def shown(text: str) -> str:
    """A name or a message on one line, with a mark for each character that would not be seen or would turn the line."""
    return UNSEEN.sub(REPLACEMENT, printable(text))
