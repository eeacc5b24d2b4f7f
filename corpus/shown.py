"""Text from outside as it may be shown: valid, and with nothing in it that is not seen."""

import re

#: Control characters, spaces without width, marks that turn the direction of text, and tags (Unicode TR 36, 2.7).
UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
REPLACEMENT = "\ufffd"


def printable(text: str) -> str:
    """A text, or a path, as valid text, whatever bytes the file system has in it."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def shown(text: str) -> str:
    """A name or a message on one line, with a mark for each character that would not be seen or would turn the line."""
    return UNSEEN.sub(REPLACEMENT, printable(text))


def shown_lines(text: str) -> str:
    """Text of several lines as ``shown`` has one, its line breaks and tabs kept."""
    return UNSEEN.sub(lambda found: found[0] if found[0] in "\n\t" else REPLACEMENT, printable(text))
