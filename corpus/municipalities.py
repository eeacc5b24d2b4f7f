"""The names of Sweden's 290 municipalities, which are facts, and how to recognise one in text."""

import re
from functools import cache

NAMES = tuple(
    """
Upplands Väsby|Vallentuna|Österåker|Värmdö|Järfälla|Ekerö|Huddinge|Botkyrka|Salem|Haninge|Tyresö
Upplands-Bro|Nykvarn|Täby|Danderyd|Sollentuna|Stockholm|Södertälje|Nacka|Sundbyberg|Solna|Lidingö
Vaxholm|Norrtälje|Sigtuna|Nynäshamn|Håbo|Älvkarleby|Knivsta|Heby|Tierp|Uppsala|Enköping|Östhammar
Vingåker|Gnesta|Nyköping|Oxelösund|Flen|Katrineholm|Eskilstuna|Strängnäs|Trosa|Ödeshög|Ydre|Kinda
Boxholm|Åtvidaberg|Finspång|Valdemarsvik|Linköping|Norrköping|Söderköping|Motala|Vadstena|Mjölby
Aneby|Gnosjö|Mullsjö|Habo|Gislaved|Vaggeryd|Jönköping|Nässjö|Värnamo|Sävsjö|Vetlanda|Eksjö|Tranås
Uppvidinge|Lessebo|Tingsryd|Alvesta|Älmhult|Markaryd|Växjö|Ljungby|Högsby|Torsås|Mörbylånga
Hultsfred|Mönsterås|Emmaboda|Kalmar|Nybro|Oskarshamn|Västervik|Vimmerby|Borgholm|Gotland|Olofström
Karlskrona|Ronneby|Karlshamn|Sölvesborg|Svalöv|Staffanstorp|Burlöv|Vellinge|Östra Göinge|Örkelljunga
Bjuv|Kävlinge|Lomma|Svedala|Skurup|Sjöbo|Hörby|Höör|Tomelilla|Bromölla|Osby|Perstorp|Klippan|Åstorp
Båstad|Malmö|Lund|Landskrona|Helsingborg|Höganäs|Eslöv|Ystad|Trelleborg|Kristianstad|Simrishamn
Ängelholm|Hässleholm|Hylte|Halmstad|Laholm|Falkenberg|Varberg|Kungsbacka|Härryda|Partille|Öckerö
Stenungsund|Tjörn|Orust|Sotenäs|Munkedal|Tanum|Dals-Ed|Färgelanda|Ale|Lerum|Vårgårda|Bollebygd
Grästorp|Essunga|Karlsborg|Gullspång|Tranemo|Bengtsfors|Mellerud|Lilla Edet|Mark|Svenljunga
Herrljunga|Vara|Götene|Tibro|Töreboda|Göteborg|Mölndal|Kungälv|Lysekil|Uddevalla|Strömstad
Vänersborg|Trollhättan|Alingsås|Borås|Ulricehamn|Åmål|Mariestad|Lidköping|Skara|Skövde|Hjo|Tidaholm
Falköping|Kil|Eda|Torsby|Storfors|Hammarö|Munkfors|Forshaga|Grums|Årjäng|Sunne|Karlstad|Kristinehamn
Filipstad|Hagfors|Arvika|Säffle|Lekeberg|Laxå|Hallsberg|Degerfors|Hällefors|Ljusnarsberg|Örebro|Kumla
Askersund|Karlskoga|Nora|Lindesberg|Skinnskatteberg|Surahammar|Kungsör|Hallstahammar|Norberg|Västerås
Sala|Fagersta|Köping|Arboga|Vansbro|Malung-Sälen|Gagnef|Leksand|Rättvik|Orsa|Älvdalen|Smedjebacken
Mora|Falun|Borlänge|Säter|Hedemora|Avesta|Ludvika|Ockelbo|Hofors|Ovanåker|Nordanstig|Ljusdal|Gävle
Sandviken|Söderhamn|Bollnäs|Hudiksvall|Ånge|Timrå|Härnösand|Sundsvall|Kramfors|Sollefteå|Örnsköldsvik
Ragunda|Bräcke|Krokom|Strömsund|Åre|Berg|Härjedalen|Östersund|Nordmaling|Bjurholm|Vindeln|Robertsfors
Norsjö|Malå|Storuman|Sorsele|Dorotea|Vännäs|Vilhelmina|Åsele|Umeå|Lycksele|Skellefteå|Arvidsjaur
Arjeplog|Jokkmokk|Överkalix|Kalix|Övertorneå|Pajala|Gällivare|Älvsbyn|Luleå|Piteå|Boden|Haparanda
Kiruna
""".strip()
    .replace("\n", "|")
    .split("|")
)

#: Municipalities whose name is also an everyday Swedish word; alone and in lower case it is the word.
EVERYDAY_WORDS = frozenset(
    "Mark Lund Berg Ale Kil Eda Vara Sala Nora Mora Orsa Säter Köping Boden Salem Flen Kalix Heby".split()
)


def official(name: str) -> str:
    """The municipality's full name: Marks kommun, but Täby kommun and Alingsås kommun."""
    return f"{name if name[-1] in 'sxzaeiouyåäö' else name + 's'} kommun"


@cache
def name_pattern(names: tuple[str, ...] = NAMES) -> re.Pattern[str]:
    """Matches any of ``names``, with or without genitive s, as a whole word; longest first."""
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, ordered))})(s?)(?![\w-])")
