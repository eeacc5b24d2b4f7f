"""Two lines of one paragraph, label or cell to one, with the hyphen between them undone."""

import re

#: Words that follow a hanging hyphen: "barn- och ungdomsnämnden".
HANGING = re.compile(r"^(?:och|eller|samt|respektive|till)\b")


def join_lines(first: str, second: str) -> str:
    """Put two lines of one paragraph together, undoing a hyphen at the line's end.

    The hyphen stays after capitals and digits (IT-utrustning, 11-timmars) and where it hangs
    (barn- och ungdomsnämnden); it goes with the break where the word goes on.
    """
    if not first or not second:
        return first + second
    if re.search(r"[^\W\d_]-$", first) and second[0].isalpha():
        if HANGING.match(second):
            return f"{first} {second}"
        word = re.search(r"(\S+)-$", first)
        head = word[1] if word else ""
        if second[0].isupper() or re.search(r"(?:[A-ZÅÄÖ]{2}|\b[a-zåäöA-ZÅÄÖ])$", head) or ":" in head:
            return first + second
        return first[:-1] + second
    if re.search(r"\d-$", first):
        return first + second
    return f"{first} {second}"
