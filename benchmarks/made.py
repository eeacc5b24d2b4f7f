"""Made reports about invented municipalities, as many and as long as a benchmark wants, no two alike.

They are in the form of the sample reports' sources, so ``corpus.samples.make`` draws them as PDF.
What varies: municipality, board, year, sections, causes, units, figures, and compounds of two or three
of some 200 parts, so that the vocabulary grows with the number of reports as Swedish does.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from corpus.samples.make import Report

FIRST_OF_NAMES = (
    "Al Ask Berg Björk Brän Dal Ek En Fur Gran Gås Hag Hassel Hed Hjort Holm Horn Klock Kråk Lind Ljung Lund "
    "Lång Löv Mal Mos Nord Oxel Rå Röd Sand Sjö Skog Sten Stor Ström Söder Tall Vass Väst Ål Äng Öst"
).split()
LAST_OF_NAMES = (
    "arp boda by dala fors hult hyttan inge köpinge landa lösa mark näs rum ryd sala stad torp tuna vik åker ås"
).split()
BOARDS = {
    "Vård- och omsorgsnämnden": (
        "Särskilt boende,Hemtjänst,Hemsjukvård,Korttidsvård,Dagverksamhet,Rehabilitering,Trygghetslarm,Matdistribution"
    ),
    "Socialnämnden": (
        "Individ- och familjeomsorg,Ekonomiskt bistånd,Familjehemsvård,Missbruksvård,Funktionsstöd,Personlig assistans,"
        "Boendestöd,Familjerätt"
    ),
    "Barn- och utbildningsnämnden": (
        "Förskola,Grundskola,Fritidshem,Gymnasieskola,Anpassad grundskola,Elevhälsa,Skolskjuts,Kulturskola"
    ),
    "Samhällsbyggnadsnämnden": (
        "Gator och vägar,Parker och grönytor,Vatten och avlopp,Renhållning,Bygglov,Fastighetsdrift,Lokalvård,"
        "Vinterväghållning"
    ),
    "Kultur- och fritidsnämnden": (
        "Bibliotek,Simhallar,Idrottsanläggningar,Föreningsstöd,Museer,Ungdomsgårdar,Allmänkultur,Friluftsliv"
    ),
}
FIRST_PARTS = (
    "arbets avfalls avgifts barn befolknings behovs bemannings besöks betong bibliotek bidrags boende brand bro brukar "
    "budget buss chefs dags data demens drift el elev energi familje fastighets fiber fjärrvärme fordons forsknings "
    "fritids fönster förenings förråds försäkrings gatu golv grupp hamn handlednings hjälpmedels hus hyres hälso "
    "idrotts inköps interna is jour kaj klimat kok konst kontors kultur kurs kvalitets kvälls kyl köks lager larm led "
    "livsmedels ljus lokal lov läkar läromedels löne maskin mat material miljö mät möbel natt nyckel park pelar "
    "pensions personal plan plats pool projekt pump rad rese rör sand schema sekretess service sim sjuk skol skogs "
    "skydds slam "
    "snö sommar språk stab stads städ stöd säkerhets tak tand teknik tid tillsyns trafik transport trygghets tvätt "
    "undervisnings underhålls ungdoms upphandlings utbildnings vakt vatten vikarie vinter vård värme"
).split()
LAST_PARTS = (
    "arbete ansvar avdelning avtal behov bidrag brist byggnad central chef del enhet entreprenad ersättning fond form "
    "fråga förbrukning fördelning förlust försök garanti grupp hantering insats inventering kedja kontroll kostnad "
    "krav kö ledning leverans linje lista lokal lån lösning magasin metod modell mängd möte nivå nät omläggning område "
    "organisation pengar plan platser policy prov process program projekt prövning rapport register resurs rum rutin "
    "samordning satsning service skada skuld skydd stöd system sätt team tid tillsyn trappa träning tur utredning "
    "utrustning utveckling varning verksamhet vinst volym vägledning ytor översyn"
).split()
CAUSES = (
    "att {thing} blev dyrare än planerat",
    "högre kostnader för {thing}",
    "att {thing} har skjutits upp till nästa år",
    "fler ärenden som rör {thing}",
    "färre köp av {thing}",
    "att vakanta tjänster inom {thing} inte har tillsatts",
    "nya avtal om {thing}",
    "ökade volymer inom {thing}",
    "lägre intäkter från {thing}",
    "att staten betalade ut mer för {thing}",
)
EVENTS = (
    "Under {month} invigdes en ny lokal för {thing} vid {place}.",
    "Enheten {place} har infört {thing} och {other}, vilket har minskat väntetiderna.",
    "En granskning av {thing} visade på {count} brister, och en plan för {other} har tagits fram.",
    "I {month} flyttade {thing} från {place} till {second}, där {count} medarbetare arbetar.",
    "Samarbetet med {second} om {thing} förlängdes till och med {later}.",
    "Antalet ärenden om {thing} uppgick till {count}, jämfört med {fewer} året före.",
    "En enkät om {thing} besvarades av {count} personer, och {share} procent var nöjda med {other}.",
    "Arbetet med {thing} vid {place} avbröts i {month} på grund av {other}.",
)
MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()


def made_reports(count: int, sections: int = 6, seed: int = 1) -> Iterator[Report]:
    """``count`` reports of so many ``sections`` each (20 of them give some 35 pages); the same seed, the same ones."""
    for number in range(count):
        yield made_report(random.Random(f"{seed} {number}"), number, sections)


def municipality(number: int) -> str:
    """The ``number``-th invented municipality's name."""
    first, last = FIRST_OF_NAMES[number % len(FIRST_OF_NAMES)], LAST_OF_NAMES[number // len(FIRST_OF_NAMES) % 22]
    return f"{first}{last}"


def made_report(chance: random.Random, number: int, sections: int) -> Report:
    """One report: each municipality has five boards with five years of reports."""
    board = list(BOARDS)[number % 5]
    year = 2020 + number // 5 % 5
    place = municipality(number // 25)
    name = f"{place if place[-1] in 'saeiouyåäö' else place + 's'} kommun"
    meta = {
        "title": f"{board}s årsrapport {year}" if not board.endswith("s") else f"{board} årsrapport {year}",
        "municipality": name,
        "board": board,
        "kind": "Årsrapport",
        "year": str(year),
        "period": f"1 januari–31 december {year}",
        "size": "10.5",
        "align": "justify",
        "bullet": "–",
        "footer": "Sida {page}",
    }
    return Report(meta, "\n\n".join(_parts(chance, name, board, year, sections)))


#: So many of the compounds have three parts, of which there are a million.
LONG_SHARE = 0.3


def _thing(chance: random.Random) -> str:
    # A few compounds are common and most are rare, as words are.
    first = FIRST_PARTS[min(int(chance.expovariate(1 / 25)), len(FIRST_PARTS) - 1)]
    if chance.random() < LONG_SHARE:
        first += chance.choice(FIRST_PARTS)
    return first + chance.choice(LAST_PARTS)


def _parts(chance: random.Random, name: str, board: str, year: int, sections: int) -> Iterator[str]:
    fields = BOARDS[board].split(",")
    budgets = [chance.randrange(4_000, 260_000, 10) for _ in fields]
    results = [budget + chance.randrange(-9_000, 9_000, 10) for budget in budgets]
    total = sum(budgets) - sum(results)
    yield "# 1 Sammanfattning"
    yield (
        f"{board} i {name} redovisar för {year} ett {'överskott' if total >= 0 else 'underskott'} på "
        f"{_number(abs(total))} tkr. Sjukfrånvaron var {chance.randrange(4, 10)},{chance.randrange(10)} procent."
    )
    yield "# 2 Ekonomi"
    yield (
        f"Tabell: Nettokostnad per verksamhet, tkr\n| Verksamhet | Budget {year} | Utfall {year} | Avvikelse |\n"
        + ("|---|---|---|---|\n")
        + "\n".join(
            f"| {each} | {_number(-budget)} | {_number(-result)} | {_number(budget - result)} |"
            for each, budget, result in zip(fields, budgets, results, strict=True)
        )
    )
    for at in range(sections):
        each, budget, result = (fields[at % 8], budgets[at % 8], results[at % 8])
        yield f"# {at + 3} {each}" if at < len(fields) else f"# {at + 3} {each}: {_thing(chance)}"
        difference = budget - result
        first, second = (chance.choice(CAUSES).format(thing=_thing(chance)) for _ in range(2))
        yield (
            f"{each} redovisar ett {'överskott' if difference >= 0 else 'underskott'} på {_number(abs(difference))} "
            f"tkr. Avvikelsen beror främst på {first}, och på {second}."
        )
        yield f"## {at + 3}.1 Verksamhet"
        for _ in range(3):
            yield " ".join(_event(chance, year) for _ in range(5))
        yield f"## {at + 3}.2 Nyckeltal"
        yield _measures(chance, year)
        yield "\n".join(
            f"- {chance.choice(CAUSES).format(thing=_thing(chance)).removeprefix('att ').capitalize()} "
            f"{_number(chance.randrange(-4_000, 4_000, 10))} tkr"
            for _ in range(4)
        )


def _event(chance: random.Random, year: int) -> str:
    count = chance.randrange(3, 900)
    return chance.choice(EVENTS).format(
        month=chance.choice(MONTHS),
        thing=_thing(chance),
        other=_thing(chance),
        place=municipality(chance.randrange(900)) + "gården",
        second=municipality(chance.randrange(900)),
        later=year + chance.randrange(1, 5),
        count=count,
        fewer=max(1, count - chance.randrange(1, 60)),
        share=chance.randrange(20, 99),
    )


def _measures(chance: random.Random, year: int) -> str:
    rows = [
        f"| {_thing(chance).capitalize()}, {unit} | {_number(before)} | {_number(before + chance.randrange(0, 90))} |"
        for unit, before in ((chance.choice(("antal", "tkr", "%")), chance.randrange(1, 9_000)) for _ in range(5))
    ]
    return f"Tabell: Nyckeltal\n| Mått | {year - 1} | {year} |\n|---|---|---|\n" + "\n".join(rows)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ").replace("-", "–")


def write_text(report: Report, path: Path) -> None:
    """A report as text is drawn out of a PDF: pages parted by form feeds, table cells by tabs."""
    lines = [f"{report.meta['kind']} {report.meta['year']}", report.meta["board"], report.meta["municipality"], "\f"]
    for line in report.text.splitlines():
        if not line.startswith("|---"):
            lines.append("\t".join(cell.strip() for cell in line.strip("|").split("|")) if line[:1] == "|" else line)
        if len(lines) % 50 == 0:
            lines.append("\f")
    path.write_text("\n".join(line.lstrip("# ") for line in lines), encoding="utf-8")
