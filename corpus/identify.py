"""Which municipality, board, kind of report and period a report is of, from its own words."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from corpus.dating import TITLE_ZONE, years
from corpus.document import MONTHS, Beliefs, Block, BlockKind, Period
from corpus.errors import BadSidecar
from corpus.municipalities import official
from corpus.placing import places

T = TypeVar("T", str, int)

#: What stands in the first lines counts for more: that is where a report says what it is.
TITLE_WEIGHT = 6
FURNITURE_WEIGHT = 6
HEADING_WEIGHT = 2
#: A year that is less probable than this is shown as uncertain.
SURE = 0.8
#: The winner must have so many times the points of the next, or it is shown as uncertain.
CLEAR_LEAD = 1.8

BOARD = re.compile(
    r"(?<![\w-])((?:[A-ZÅÄÖa-zåäö]+-,? (?:(?:och|samt) )?)*[A-ZÅÄÖa-zåäö]{3,}nämnd|[Kk]ommunstyrelse)"
    r"(?:ens?|s)?(?![\w-])"
)
OTHER_BOARDS = frozenset("valnämnd övernämnd revisionsnämnd".split())

#: Kinds of report, most specific first, with the words that name them.
KINDS = {
    "delårsbokslut": r"delårsbokslut\w*",
    "delårsrapport": r"(?:delårsrapport|delårsuppföljning|halvårsrapport)\w*",
    "tertialrapport": r"tertial(?:rapport|uppföljning|bokslut)\w*",
    "årsredovisning": r"årsredovisning\w*",
    "årsrapport": r"årsrapport\w*",
    "verksamhetsberättelse": r"verksamhetsberättelse\w*",
    "bokslut": r"(?:års)?bokslut(?:et|ets)?",
    "årsuppföljning": r"årsuppföljning\w*",
    "kvalitetsberättelse": r"kvalitetsberättelse\w*",
    "protokoll": r"(?:sammanträdes)?protokoll\w*",
    "yttrande": r"(?:gransknings|remiss|samråds)?yttranden?\w*",
    "plan": r"(?:handlings|klimat|verksamhets|översikts|energi- och klimat)(?:plan|strategi)\w*",
}
#: Reports speak of plans, minutes and opinions without being any: only a title makes them one.
BY_TITLE_ONLY = frozenset({"protokoll", "yttrande", "plan"})
KIND_PATTERNS = {kind: re.compile(rf"(?<![\w-]){pattern}(?![\w-])", re.I) for kind, pattern in KINDS.items()}
INTERIM = frozenset({"delårsbokslut", "delårsrapport", "tertialrapport"})

MONTH = "|".join(MONTHS)
THROUGH = re.compile(
    rf"(?:(?:per|t\.?o\.?m\.?|till och med|januari ?(?:[-–]|till)|den|sista|utfall|bokslut) ?(?:den )?"
    rf"(?:sista )?(?:(?:28|29|30|31) ?)?)({MONTH}|aug|sept|okt|apr)(?![a-zåäö])"
    r"|(?<!\d)(?:30|31)/(\d{1,2})(?!\d)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the user says of a report; None leaves the field to be identified."""

    municipality: str | None = None
    board: str | None = None
    kind: str | None = None
    year: int | None = None
    through: date | None = None
    title: str | None = None
    #: Whether passages with personal data and left-over remarks are to be left out.
    without_personal: bool | None = None

    def over(self, other: "Overrides") -> "Overrides":
        """These overrides, and ``other``'s where these say nothing."""
        mine = {name: getattr(self, name) for name in self.__slots__}
        return Overrides(**{name: getattr(other, name) if value is None else value for name, value in mine.items()})


def sidecar_of(path: Path) -> Path | None:
    """The file with corrections for a report file, ``a.pdf.toml`` beside ``a.pdf``, if there is one."""
    beside = path.with_name(path.name + ".toml")
    try:
        return beside if beside.exists() else None
    except OSError:
        # The name is too long for another ending.
        return None


def read_sidecar(path: Path) -> Overrides:
    """The overrides in the sidecar file beside a report file, if there is one.

    Raises:
        BadSidecar: if the file is not TOML or has other fields than those of ``Overrides``.
    """
    sidecar = sidecar_of(path)
    if sidecar is None:
        return Overrides()
    try:
        values = tomllib.loads(sidecar.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadSidecar(f"{sidecar.name} går inte att läsa som TOML; rätta filen eller ta bort den.") from error
    types = {"year": int, "through": date, "without_personal": bool}
    for name, value in values.items():
        wanted = types.get(name, str)
        if name not in {field.name for field in fields(Overrides)} or not isinstance(value, wanted):
            raise BadSidecar(
                f"{sidecar.name} har ett fält som inte känns igen ({name}); "
                "tillåtna fält är municipality, board, kind, year, through, title och without_personal."
            )
    return Overrides(**values)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a report is; ``uncertain`` names the fields that its text did not settle."""

    title: str
    municipality: str | None
    board: str | None
    kind: str | None
    period: Period | None
    uncertain: frozenset[str]
    beliefs: Beliefs = field(default_factory=Beliefs)


def identify(
    text: str, blocks: Sequence[Block], furniture: Iterable[str], name: str, given: Overrides | None = None
) -> Identity:
    """Identify a report from its text, its running headers (``furniture``) and what the user has ``given``."""
    given = given or Overrides()
    zones = _Zones(text, blocks, tuple(furniture))
    uncertain: set[str] = set()

    owners = {given.municipality: 1.0} if given.municipality else places(text, zones.furniture, name)
    municipality, place_sure = _likeliest(owners)
    if not place_sure:
        uncertain.add("municipality")
    body, sure = _winner(_board_points(zones))
    board = _settle("board", given.board, body, sure, uncertain)
    likely = {given.year: 1.0} if given.year else years(text, zones.furniture, name)
    year, year_sure = _likeliest(likely)
    sort, sure = _winner(_kind_points(zones, year))
    if sort is None and municipality is not None and year is not None:
        sort, sure = "årsuppföljning", False
    kind = _settle("kind", given.kind, sort, sure, uncertain)

    period = None
    if year is not None:
        through, through_sure = _through(zones, kind, year)
        period = Period(year, given.through or through)
        if not year_sure or not (given.through or through_sure):
            uncertain.add("period")
    else:
        uncertain.add("period")
    title = given.title or _title(municipality, board, kind, period, name)
    belief = Beliefs(tuple(owners.items()), tuple(likely.items()))
    return Identity(title, municipality, board, kind, period, frozenset(uncertain), belief)


def _likeliest(likely: Mapping[Any, float]) -> tuple[Any, bool]:
    """What a report is of, if it is likelier to be of that than of nothing, and whether that is sure."""
    first, probability = next(iter(likely.items()), (None, 0.0))
    nothing = 1 - sum(likely.values())
    return (first, probability >= SURE) if probability >= nothing else (None, False)


def _settle(field: str, given: str | None, found: str | None, sure: bool, uncertain: set[str]) -> str | None:
    if given is not None:
        return given
    if not sure:
        uncertain.add(field)
    return found


class _Zones:
    """A report's text with how much a mention in each part of it is worth."""

    def __init__(self, text: str, blocks: Sequence[Block], furniture: tuple[str, ...]) -> None:
        headings = [
            text[block.start : block.end] for block in blocks if block.kind in (BlockKind.HEADING, BlockKind.TABLE_HEAD)
        ]
        self.text = text
        self.furniture = furniture
        self.weighted = (
            (text, 1),
            (text[:TITLE_ZONE], TITLE_WEIGHT),
            ("\n".join(headings), HEADING_WEIGHT),
            ("\n".join(furniture), FURNITURE_WEIGHT),
        )


def _winner(points: Counter[T]) -> tuple[T | None, bool]:
    """The best candidate, and whether it leads clearly."""
    ranked = points.most_common(2)
    if not ranked:
        return None, False
    second = ranked[1][1] if len(ranked) > 1 else 0
    return ranked[0][0], ranked[0][1] >= 3 and ranked[0][1] >= CLEAR_LEAD * second


def _board_points(zones: _Zones) -> Counter[str]:
    points: Counter[str] = Counter()
    for text, weight in zones.weighted:
        for match in BOARD.finditer(text):
            board = re.sub(r"\s+", " ", match[1])
            if board.lower() in OTHER_BOARDS:
                continue
            points[board[0].upper() + board[1:] + ("n" if board.endswith("e") else "en")] += weight
    return points


def _kind_points(zones: _Zones, year: int | None) -> Counter[str]:
    points: Counter[str] = Counter()
    for text, weight in zones.weighted:
        for kind, pattern in KIND_PATTERNS.items():
            if kind in BY_TITLE_ONLY and weight < TITLE_WEIGHT:
                continue
            for match in pattern.finditer(text):
                # "årsredovisningen för 2022" in a report of 2023 names another report.
                other = re.match(r"\s+(?:för |från )?(?:år )?(20\d\d)", text[match.end() :])
                if other and year and int(other[1]) != year:
                    continue
                points[kind] += weight
    # A table of whole years' outcomes is in no interim report of that year.
    if year and re.search(rf"utfall helår {year}|bokslut {year}", zones.text, re.I):
        for kind in INTERIM - {"delårsbokslut"}:
            points[kind] = 0
    return +points


def _through(zones: _Zones, kind: str | None, year: int) -> tuple[date | None, bool]:
    """The last day an interim report covers; (None, True) for a report of a whole year."""
    if kind not in INTERIM:
        return None, True
    months: Counter[int] = Counter()
    for match in THROUGH.finditer(zones.text):
        month = int(match[2]) if match[2] else _month(match[1])
        if 3 <= month <= 10:
            months[month] += 1
    last, sure = _winner(months)
    if last is None:
        return None, False
    return date(year, last, 31 if last in (3, 5, 7, 8, 10) else 30), sure


def _month(word: str) -> int:
    return next(at for at, month in enumerate(MONTHS, 1) if month.startswith(word.lower()[:3]))


def _title(municipality: str | None, board: str | None, kind: str | None, period: Period | None, name: str) -> str:
    """One line that names the report: «Marks kommun, Socialnämnden: årsrapport 2023»."""
    who = ", ".join(filter(None, [official(municipality) if municipality else None, board]))
    what = " ".join(filter(None, [kind, period.label if period else None]))
    return ": ".join(filter(None, [who, what])) if who or kind else Path(name).stem
