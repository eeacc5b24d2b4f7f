"""The facade: a library and an encoder to an assistant that answers questions."""

import gc
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from corpus.document import Figure, Passage
from corpus.errors import BadQuestion, LibraryError
from index.encode import Encoder
from index.glossary import Glossary
from index.manifest import check_encoder
from index.places import Place
from index.store import Library
from qa.answer import Answer, Sentence, Status
from qa.cells import FigureEvidence, find_figures, named_things, without_blanks, year_of
from qa.clues import TextVectors
from qa.compose import BUDGET, affirmed, compose, share, with_sources
from qa.contradictions import contradictions
from qa.evidence import Evidence, find_sentences
from qa.extremes import asks_which_municipality, extreme
from qa.fit import NAMED_ABOVE, USUAL
from qa.followup import asked_in_one, in_context
from qa.listing import list_figures
from qa.marking import marked_words
from qa.notes import explained, notes_on, silence
from qa.polarity import asked_way
from qa.question import Kind, Question, Scope, cleaned, in_scope, parts, restored, understand
from qa.recency import age
from qa.refusal import Lack, lacking, refusal, unspoken
from qa.retrieve import Hit, Mode, Retriever
from qa.scorer import default_scorer
from qa.stating import comparison, stating
from qa.verify import outside, proven
from qa.wanted import asks_for_a_number
from qa.whole import WORDS_OF_THE_WHOLE, asks_for_the_whole, names_the_economy, whole_deviation

#: «Vilken kommun hade lägst sjukfrånvaro?» is asked of each, where they are few.
MOST_COMPARED = 20
#: Passages that come with an answer.
PASSAGES = 12
#: Where none of so many first sentences is probably enough an answer, the reports don't have it.
LOOKED_AT = 3
#: What has next to nothing of the question is no answer, however it stands out.
LEAST = 0.1
#: What says which way the very thing asked about went answers, though others say it too.
SAYS_ENOUGH = 0.8
SURE_OF_A_PART = 0.7
#: Where no year is asked for, the newest report answers that is so likely to, beside an older one of the same board.
NEWEST = 0.35
#: A row that covers less of the question than this does not answer it.
ENOUGH_FIGURE = 0.6
#: What is less probably of the years asked for is not said.
FITS = 0.3
#: Of a table's blank cell, words tell only if they cover so much of the question.
OF_THE_BLANK = 0.75
#: How near the best a further municipality's evidence must be to be answered from as well.
NEARLY = 0.85
NEARLY_AS_LIKELY = 0.3
MOST_MUNICIPALITIES = 3


@dataclass(frozen=True, slots=True)
class _PartAnswer:
    """What is said of one part of a question, and how strong the best evidence for it is, from 0 to 1.

    ``blank`` is a figure of the table row that was meant, where its cell is empty or uncertain.
    """

    said: tuple[Sentence, ...]
    strength: float
    blank: Figure | None = None


class Assistant:
    """Answers questions over one version of a library."""

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        mode: Mode = Mode.HYBRID,
        glossary: Glossary | None = None,
        scoped: bool = True,
    ) -> None:
        """Without a ``glossary``, the shipped one with the user's own lines.

        If not ``scoped``, municipalities, years and boards in a question are words like others.

        Raises:
            ModelMismatch: if the library was indexed with another encoder.
            GlossaryError: if the user's own lines can't be read.
        """
        check_encoder(library.manifest, encoder.info)
        self.library = library
        self.encoder = encoder
        self._mode = mode
        self._glossary = glossary
        self._scoped = scoped
        self._retriever = Retriever(library, encoder, mode, glossary)
        self._vectors = TextVectors(encoder)

    def current(self) -> "Assistant":
        """This assistant, or one over the newest version of its library."""
        return self.over(self.library.place) if self.library.outdated else self

    def over(self, library: Place) -> "Assistant":
        """This assistant over what is now the library at a place.

        Raises:
            LibraryError: if there is none, or it is damaged.
        """
        return Assistant(Library(library), self.encoder, self._mode, self._glossary, self._scoped)

    def settle(self) -> None:
        """Load what the first questions would wait for, and spare them the garbage collector.

        Looking through a large library's objects, which stay, takes it a tenth of a second each time.
        """
        self.library.warm()
        self._retriever.warm()
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def search(self, text: str, k: int = 10, scope: Scope | None = None) -> list[Hit]:
        """The ``k`` best passages for a text, best first; of no other years than the scope's, if it has any.

        Raises:
            BadQuestion: if the text is empty or too long.
            LibraryError: if the library has no reports.
        """
        question = self._understand(text, scope)
        only = scope.years if scope else ()
        return _interleaved(
            [self._retriever.search(each, k, only) for each in parts(question, self.library.entries)], k
        )

    def marked(self, query: str, text: str) -> list[tuple[int, int]]:
        """The start and end of each word of a text that is why a search for ``query`` finds it."""
        return marked_words(text, self._retriever.terms(query))

    def figures(self, text: str, scope: Scope | None = None) -> list[Figure]:
        """All figures that a text names, of the reports, years and kinds that it names.

        Raises:
            BadQuestion: if the text is empty or too long.
            LibraryError: if the library has no reports.
        """
        return list_figures(self._understand(text, scope), self._retriever, self.library)

    def ask(self, text: str, history: Sequence[Question] = (), scope: Scope | None = None) -> Answer:
        """Answer a question with quoted, cited sentences, or say that the reports don't.

        ``history`` has the questions asked before it, oldest first, as their answers have them.

        Raises:
            BadQuestion: if the question is empty or too long, or names what the scope leaves out.
            LibraryError: if the library has no reports.
        """
        question = self._understand(text, scope, history)
        if question.outside:
            raise BadQuestion(question.outside)
        if unspoken(question, self._retriever.readings(question.topic), self.library):
            return self._refusal(question, self._retriever.search(question, PASSAGES))
        asked = [part for each in asked_in_one(question, self.library.entries, scope) for part in self._parts(each)]
        found = [self._retriever.search(part, PASSAGES) for part in asked]
        budget = share(BUDGET, len(asked))
        answers = [self._answer_part(part, hits, budget, len(asked)) for part, hits in zip(asked, found, strict=True)]
        if asks_which_municipality(question.text) and not question.scope.municipalities:
            answers = [self._of_those_that_do(question, answer) for answer in answers]
        every = dict.fromkeys(sentence for answer in answers for sentence in answer.said)
        said = with_sources(list(every), self.library)
        hits = _interleaved(found, PASSAGES)
        if not said:
            return self._refusal(question, hits, next((each.blank for each in answers if each.blank), None))
        compared, warning = self._comparison([answer.said for answer in answers])
        said += compared
        notes = notes_on(question, said, self.library) + ((warning,) if warning else ())
        contrary = contradictions(said, self.library)
        notes += tuple(each.note(self.library.report(each.cell.report_id)) for each in contrary)
        noted = tuple(c for each in contrary for c in each.citations(self.library))
        silent = [part for part, answer in zip(asked, answers, strict=True) if not answer.said]
        answered = {part.scope for part, answer in zip(asked, answers, strict=True) if answer.said}
        notes += tuple(silence(part, part.scope in answered) for part in silent)
        explanation = explained(question, self._retriever.readings(question.topic), said)
        confidence = min(answer.strength for answer in answers if answer.said)
        return Answer(question, Status.ANSWERED, tuple(said), tuple(hits), notes, explanation, confidence, noted)

    def _of_those_that_do(self, question: Question, answer: "_PartAnswer") -> "_PartAnswer":
        """An answer of one of the municipalities among which a question asks; nothing where it is not one of them."""
        if asked_way(question.text):
            return replace(answer, said=tuple(affirmed(answer.said)))
        # What is compared is figures; other words of a municipality tell nothing of its rank.
        return answer if answer.said and answer.said[0].figures else replace(answer, said=())

    def _parts(self, question: Question) -> list[Question]:
        """The questions to answer one by one; the question itself where one row has all its years.

        Which municipality has most of something is asked of each of them.
        """
        if asks_which_municipality(question.text) and not question.scope.municipalities:
            known = sorted(self.library.entries.municipalities)
            if len(known) > MOST_COMPARED:
                raise BadQuestion(
                    f"Biblioteket har {len(known)} kommuner, men högst {MOST_COMPARED} går att jämföra på en gång; "
                    "nämn dem som frågan gäller."
                )
            kind = Kind.YES_NO if asked_way(question.text) else question.kind
            question = replace(question, kind=kind, scope=replace(question.scope, municipalities=tuple(known)))
        asked = parts(question, self.library.entries)
        if len(asked) > 1 and len(question.scope.municipalities) <= 1:
            whole = self._answer_part(question, self._retriever.search(question, PASSAGES), BUDGET)
            if set(question.scope.years) <= {year_of(figure) for each in whole.said for figure in each.figures}:
                return [question]
        return asked

    def _comparison(self, answers: Sequence[Sequence[Sentence]]) -> tuple[list[Sentence], str]:
        """What comparing the parts' first figures gives, and a warning where they are unlike."""
        stated = [answer[0] for answer in answers if answer]
        owners = [self.library.report(each.citations[0].report_id).municipality for each in stated]
        if len(set(owners)) < len(owners) or None in owners:
            return [], ""
        sentence, warning = comparison(stated, self.library)
        if sentence is None or not self._proven(sentence):
            return [], ""
        return [sentence], warning

    def _proven(self, sentence: Sentence) -> bool:
        return proven(sentence, self.library)

    def _understand(self, text: str, scope: Scope | None, history: Sequence[Question] = ()) -> Question:
        """A question as it was meant: with its marks, its compounds whole, and what it leans on."""
        if not self.library.entries:
            raise LibraryError("Biblioteket är tomt; lägg till rapporter med rapportsvar index.")
        asked = cleaned(text)
        read = self._retriever.read(restored(asked))
        whole = in_context(read, history[-1], self.library.entries) if history else read
        question = replace(understand(whole, self.library.entries, scope), joined=whole != read)
        read = whole
        if read != asked:
            question = replace(question, asked=asked)
        if asks_for_the_whole(question):
            subject = question.subject if names_the_economy(question) else WORDS_OF_THE_WHOLE
            question = replace(question, topic=f"{question.topic} {WORDS_OF_THE_WHOLE}", subject=subject)
        return question if self._scoped else replace(question, scope=Scope(), topic=question.text, other_boards=())

    def _answer_part(self, question: Question, hits: Sequence[Hit], budget: int, of: int = 1) -> "_PartAnswer":
        """The proven sentences that answer one ``of`` so many parts of a question.

        Of the parts of one question each may be less sure than the answer to a whole one.
        """
        enough = default_scorer().enough * (SURE_OF_A_PART if of > 1 else 1.0)
        query = self._retriever.terms(question.subject)
        every = find_figures(question, query, self.library, [hit.passage.report_id for hit in hits])
        things = named_things(question, every)
        sentences = find_sentences(question, query, hits, self.library, self.encoder, self._vectors, things)
        rows, blank = without_blanks(every)
        if blank is not None and asks_for_a_number(question):
            # What is said in words must be of the very thing and time that the table leaves blank.
            sentences = [e for e in sentences if e.coverage >= OF_THE_BLANK and e.fit >= NAMED_ABOVE]
        # One that answers brings the others, which may go on from it.
        answering = any(
            (each.strength * min(1.0, each.fit / USUAL) >= enough and each.coverage >= LEAST)
            or (each.says_so and each.coverage >= SAYS_ENOUGH)
            for each in sentences[:LOOKED_AT]
        )
        strong = self._of_the_years(question, self._newest_first(question, sentences) if answering else [])
        strong = [each for each in strong if each.fit >= FITS]
        rows = [row for row in rows if row.coverage >= ENOUGH_FIGURE]
        top = extreme(question, query, self.library)
        if top is not None and self._proven(top):
            return _PartAnswer((top,), 1.0)
        said = compose(question, query, strong, rows, self.library, self._groups(question, strong, rows), budget)
        if not said and asks_for_the_whole(question):
            said = self._of_the_whole(question)
        strength = max([e.strength for e in strong] + [r.coverage for r in rows], default=0.0)
        return _PartAnswer(tuple(self._fit_to_say(question, said)), min(1.0, strength), blank)

    def _fit_to_say(self, question: Question, said: Sequence[Sentence]) -> list[Sentence]:
        """The sentences that are proven, and of the municipalities and years that were asked about."""
        wrong = outside(said, question.scope, self.library)
        return [each for each, fault in zip(said, wrong, strict=True) if fault is None and proven(each, self.library)]

    def _of_the_whole(self, question: Question) -> list[Sentence]:
        """The row of a table that has by how much the board deviates from its budget, of the newest report in scope."""
        years = question.scope.years
        entries = [e for e in in_scope(self.library.entries, question.scope) if e.period]
        entries = [e for e in entries if e.period and (not years or e.period.year in years)]
        if not entries or len({e.municipality for e in entries}) > 1:
            return []
        newest = max(entries, key=lambda each: (age(each), each.report_id))
        figures = self.library.catalogue.figures(newest.report_id)
        found = whole_deviation(self.library.report(newest.report_id), figures)
        return [stating([found], self.library)] if found else []

    def _newest_first(self, question: Question, found: list[Evidence]) -> list[Evidence]:
        """Where no year is asked for, each board's evidence from the newest of its reports that answers."""
        if question.scope.years or question.kind is Kind.TREND:
            return found
        best: dict[tuple[str | None, str | None], list[Evidence]] = defaultdict(list)
        for each in found:
            entry = self.library.entry(each.report_id)
            best[entry.municipality, entry.board].append(each)
        chosen = set()
        for mine in best.values():
            near = {each.report_id for each in mine if each.near(mine[0], NEWEST)}
            chosen.add(max(near, key=lambda report_id: (age(self.library.entry(report_id)), report_id)))
        return [each for each in found if each.report_id in chosen]

    def _of_the_years(self, question: Question, found: list[Evidence]) -> list[Evidence]:
        """The evidence from reports of the years asked for, where there is any; else all of it.

        A later report may tell of the year too, but of its own year first: "17 020 timmar, mer
        än 2023" is no answer about 2023.
        """
        years = question.scope.years
        own = [each for each in found if (p := self.library.entry(each.report_id).period) and p.year in years]
        return own or found

    def _groups(
        self, question: Question, sentences: Sequence[Evidence], rows: Sequence[FigureEvidence]
    ) -> list[list[str]]:
        """The reports to answer from together: those of each municipality that has good evidence."""
        entries = in_scope(self.library.entries, question.scope)
        # Where none was named, those whose best evidence is nearly as good as the best of all.
        near: dict[str | None, None] = {}
        for row in rows:
            if row.score >= NEARLY * rows[0].score:
                near[self.library.entry(row.row[0].report_id).municipality] = None
        for sentence in sentences:
            if sentence.near(sentences[0], NEARLY_AS_LIKELY):
                near[self.library.entry(sentence.report_id).municipality] = None
        return [[e.report_id for e in entries if e.municipality == owner] for owner in list(near)[:MOST_MUNICIPALITIES]]

    def _lack(self, question: Question) -> Lack | None:
        return lacking(question, self._retriever.readings(question.topic), self.library)

    def _refusal(self, question: Question, hits: Sequence[Hit], blank: Figure | None = None) -> Answer:
        lack = self._lack(question)
        said = refusal(question, lack, hits, blank, self.library)
        readings = [] if lack else self._retriever.readings(question.topic)
        explanation = explained(question, readings)
        return Answer(question, Status.NOT_FOUND, tuple(said), tuple(hits), question.notes, explanation)


def _interleaved(lists: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    """The ``k`` first of several ranked lists, taken in turn; each passage once."""
    first: dict[Passage, Hit] = {}
    for hit in chain.from_iterable(zip_longest(*lists)):
        if hit is not None:
            first.setdefault(hit.passage, hit)
    return list(first.values())[:k]
