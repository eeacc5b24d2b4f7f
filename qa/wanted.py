"""Which figures a question wants: of which row, of which kind and of how much of a year."""

import re
from collections.abc import Sequence

from corpus.document import MONTHS, FigureKind
from corpus.lexicon import FUNCTION_WORDS
from index.lexical import Weighted
from index.terms import Term, terms
from qa.question import Kind, Question

#: Words that choose a kind of column, and say nothing of the row.
COLUMN_WORDS = {
    FigureKind.OUTCOME: "utfall utfallet bokslut bokslutet",
    FigureKind.BUDGET: "budget budgeterat budgeten budgeterade budgetram budgeterades anslag anslaget",
    FigureKind.FORECAST: "prognos prognosen prognosticeras prognostiserar prognosticerar helårsprognos",
    FigureKind.DEVIATION: "avvikelse avvikelsen avvek avviker budgetavvikelse budgetavvikelsen",
    FigureKind.TARGET: "mål målet målen målvärde målvärdet målnivån målnivå indikatorvärde indikatorvärdet",
}
KIND_OF_WORD = {word: kind for kind, words in COLUMN_WORDS.items() for word in words.split()}

#: Other words that choose a column, a unit, a time or a comparison, not a row.
CHOOSING = """
    kosta kostade kostar kostnad kostnaden kostnader kostnaderna utgift utgiften utgifter utgifterna
    mnkr mkr tkr kr kronor procent miljoner antal antalet mkt mycket många lång långt långa låg lågt låga
    steg sjönk skilde fler färre mer mindre dyrare billigare längre kortare högre lägre bättre sämre
    över under överskred översteg sedan sen år åren period perioden helår helåret delår delåret
    nyckeltal nyckeltalet nyckeltalen indikator indikatorn anges uppges redovisas
    kommun kommunen kommuner kommunerna når nådde nåddes nåtts
    jan feb mar apr jun jul aug sep sept okt nov dec
    """.split()
CHOOSING_STEMS = "betala utbetal öka minska ändra förändra stig sjunk skilj utveckla överskrid överstig uppfyll".split()
SUPERLATIVES = "störst högst mest flest längst lägst minst färst kortast bäst sämst".split()
NOT_OF_THE_ROW = re.compile(
    rf"{'|'.join((*KIND_OF_WORD, *CHOOSING, *MONTHS))}|(?:{'|'.join(CHOOSING_STEMS)})\w*"
    rf"|(?:{'|'.join(SUPERLATIVES)})[ae]?|\d{{1,2}}/\d{{1,2}}|(?:19|20)\d\d",
    re.I,
)
#: "31 augusti" and "31/8" choose a column, "30 till 49 år" a row.
DAY = rf"\b\d{{1,2}}(?=\s?(?:/\s?\d|(?:{'|'.join(MONTHS)})))|(?<=/)\d{{1,2}}\b"
#: "Över budget" asks for what it differs by.
OVERRUN = re.compile(
    r"\b(?:dyrare|billigare|mer|mindre) än (?:planerat|budget\w*|väntat|beräknat|tänkt)\b"
    r"|\b(?:över|under) budget(?:en)?\b|\b(?:översk(?:red|rid)\w*|översteg|överstiger|överstigit)\b",
    re.I,
)
#: Whether a target was met is told by it and by what came out.
TARGET_ASKED = re.compile(
    r"\b(?:nå(?:r|dde|ddes|s|tts|tt)|uppnå\w*|uppfyll\w*|klara(?:r|de|des|s)|måluppfyllelse)\b", re.I
)
AGAINST_BUDGET = re.compile(
    r"(?:jämfört med|i förhållande till|kontra|till|mot|än) (?:årets )?(?:budget(?:en)?|mål(?:et)?|prognos(?:en)?)\b",
    re.I,
)
#: What something costs is an amount of money, not how many there are of it.
MONEY_ASKED = re.compile(r"\b(?:kosta(?:de|r)?|kostnad(?:en|er|erna)?|utgift(?:en|er|erna)?)\b", re.I)
#: "Hur mycket har … sjunkit?"
HAS_CHANGED = re.compile(
    r"\bhur (?:mycket|många|stort?)\b.*\b(?:ökat|ökade|minskat|minskade|sjunkit|sjönk|stigit|steg|förändrats)\b", re.I
)
#: "till och med augusti", "per 31/8": a part of the year is asked about, not the whole.
PART_OF_YEAR = re.compile(
    r"\bdelår\w*|\bt\.?o\.?m\b|\btill och med\b|\btertial|\bhalvår|\d/\d|\bper (?:den )?\d"
    r"|\b(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov)(?:uari|ruari|s|il|i|usti|tember|ober|ember)?\b",
    re.I,
)
#: What something costs, or how long it takes, for each of something.
PER_EACH = re.compile(r"\bper\b(?! år)|snitt|medel", re.I)
#: "Vad kostar en timme hemtjänst?"
UNIT_PRICE = re.compile(
    r"\bkosta\w*\b.*\b(?:en|ett|per|i)\s(?:timme|dygn|vårddygn|plats|dag|månad|månaden|brukare|elev|insats)\b", re.I
)
WHOLE_YEAR = re.compile(r"\b(?:helår\w*|hela (?:året|(?:19|20)\d\d)|för året)\b", re.I)
#: A label's words in parentheses tell how, not what.
REMARK = re.compile(r"\([^()]*\)")
#: Words that ask for a part of what is counted; a row of them all is no answer.
GROUP = re.compile(
    r"män(?:nen)?|man|kvinn(?:a|or|orna)|pojk(?:ar|arna|e)|flick(?:a|or|orna)|kill(?:e|ar)|tjej(?:er)?|\w*lärar(?:e|na)"
    r"|\w*sköterskor(?:na)?|\w*sekreterar(?:e|na)|chef(?:er|erna)|vikarier(?:na)?|utrikesfödda|nyanlända|äldre|yngre|unga",
    re.I,
)
MONTH_ASKED = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b", re.I)
#: "Till och med augusti" ends in a month, and is of more than it.
UP_TO = re.compile(
    r"\b(?:till och med|t\.?o\.?m\.?|till|per|efter|och med|–|-|januari (?:till|–|-))\s(?:den )?(?:\d+ )?$", re.I
)
#: Words of labels that tell how a thing is counted, not what is counted.
COUNTING = frozenset(
    """total totalt antal andel summa alla all anställd anställa medelvärde medeltal procent
    genomsnittlig genomsnitt per""".split()
)


def wanted_kinds(text: str) -> list[FigureKind]:
    """The kinds of figure that a question names, in its order.

    "Jämfört med budget" wants the outcome too, "avvikelse mot budget" the difference alone.
    """
    named = dict.fromkeys(KIND_OF_WORD[w] for w in re.findall(r"\w+", text.lower()) if w in KIND_OF_WORD)
    deviation = FigureKind.DEVIATION in named and FigureKind.OUTCOME not in named and len(named) == 2
    if deviation or OVERRUN.search(text):
        return [FigureKind.DEVIATION]
    if AGAINST_BUDGET.search(text) or (FigureKind.TARGET in named and TARGET_ASKED.search(text)):
        named = {FigureKind.OUTCOME: None, **named}
    return list(named)


def asks_for_a_number(question: Question) -> bool:
    """Whether a question wants figures: how much, a comparison, a trend, or a kind of column."""
    return question.kind in (Kind.HOW_MUCH, Kind.COMPARE, Kind.TREND) or bool(wanted_kinds(question.text))


def row_terms(question: Question, query: Sequence[Weighted]) -> list[Weighted]:
    """The terms of a question that say which row is asked for, not which column of it."""
    days = re.findall(DAY, question.text, re.I)
    return [each for each in query if not NOT_OF_THE_ROW.fullmatch(each.concept) and each.concept not in days]


def telling(label: str) -> list[Term]:
    """The terms of a label that tell what it is of, without its words in parentheses."""
    return [
        each
        for each in terms(REMARK.sub(" ", label))
        if each.lemma not in COUNTING and each.lemma not in FUNCTION_WORDS
    ]
