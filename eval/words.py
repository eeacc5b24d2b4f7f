"""Numbers and names as the evaluation's reports write them, in Swedish."""

SUITES = {
    "samples": "Exempelrapporterna",
    "figures": "Exempelrapporternas siffror",
    "real": "De verkliga rapporterna",
    "cases": "Egna fall",
}
KINDS = {
    "why": "varför",
    "howmuch": "hur mycket",
    "table": "tabell",
    "compare": "jämförelse",
    "trend": "utveckling",
    "crossdoc": "flera rapporter",
    "yesno": "ja eller nej",
    "who": "vem",
    "when": "när",
    "what": "vad",
    "list": "lista",
    "unanswerable": "utan svar",
}
STYLES = {
    "formal": "formell",
    "lay": "vardaglig",
    "keyword": "sökord",
    "typo": "felstavad",
    "vague": "vag",
}
REASONS = {
    "municipality": "annan kommun",
    "year": "annat år",
    "board": "annan nämnd",
    "absent": "uppgiften saknas",
    "premise": "felaktig utgångspunkt",
    "domain": "annat ämne",
}


def number(value: float, digits: int = 3, sign: bool = False) -> str:
    """A number with a decimal comma, and a minus sign that is one.

    >>> number(0.5), number(-0.02, sign=True), number(0.01, sign=True), number(-0.0001, sign=True)
    ('0,500', '−0,020', '+0,010', '±0,000')
    """
    text = f"{abs(value):.{digits}f}".replace(".", ",")
    if not any(digit in text for digit in "123456789"):
        return f"±{text}" if sign else text
    return f"−{text}" if value < 0 else f"+{text}" if sign else text
