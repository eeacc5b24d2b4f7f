"""Measures of answers made here, worked out by hand."""

import math
from dataclasses import replace

import pytest

from eval.cases import Case, Place, Reason
from eval.measures import failed, find_fact, fold, measure, misleading, states
from eval.places import Places, Span, find
from eval.ranking import ranking, ranks
from eval.run import Evaluation, Outcome, evaluate
from qa.answer import Answer, Sentence, Status, cite
from qa.question import Kind, Question, Scope
from qa.retrieve import Hit

ASKED = Question("Varför?", Kind.WHY, Scope(), "Varför?", "Varför?")
DEFICIT = Place("norrvik-2023.pdf", 5, "Hemtjänsten redovisar ett underskott på 6,3 mnkr")
HOURS = Place("norrvik-2023.pdf", 5, "antalet beviljade timmar ökat till 16 450")
CASE = Case("c", "Varför?", "why", "formal", (("6,3",), ("timm",)), ("1,8",), ((DEFICIT,), (HOURS,)))


@pytest.fixture
def places(samples):
    return Places(samples)


@pytest.fixture
def say(samples, places):
    """An answer that cites these places and says their quotes, or what it is told to."""

    def made(*cited, text=None, status=Status.ANSWERED, hits=(), source="Norrviks kommun, årsrapport 2023"):
        citations = tuple(
            citation
            for place in cited
            for span in places.spans(place)
            for citation in cite(samples.report(span.report_id), span.start, span.end)
        )
        said = text if text is not None else " ".join(citation.quote for citation in citations)
        return Answer(ASKED, status, (Sentence(said, citations, source),), tuple(hits))

    return made


def test_a_right_answer(say, places):
    found = measure(CASE, say(DEFICIT, HOURS), places)
    assert found == {
        "correct": 1.0,
        "cited": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "overrefused": 0.0,
        "valid": 1.0,
        "grounded": 1.0,
        "attributed": 1.0,
        "extractive": 1.0,
    }


def test_half_of_the_facts_is_not_correct_and_half_of_the_evidence_is_half(say, places):
    found = measure(CASE, say(DEFICIT), places)
    assert found["correct"] == found["cited"] == 0.0
    assert found["citation_precision"] == 1.0
    assert found["citation_recall"] == 0.5


def test_a_right_answer_from_the_wrong_place_is_not_cited(say, places):
    elsewhere = Place("norrvik-2022.pdf", 3, "Socialnämnden redovisar för 2022 ett överskott")
    found = measure(CASE, say(elsewhere, text="6,3 mnkr för fler timmar"), places)
    assert (found["correct"], found["cited"], found["citation_precision"]) == (1.0, 0.0, 0.0)
    assert Outcome(CASE, None, found, 0.0).verdict == "fel vid frågan"
    assert Outcome(CASE, say(elsewhere), found, 0.0).verdict == "rätt svar från annat ställe"


def test_the_right_page_of_the_wrong_report_is_no_evidence(say, places):
    same_page = Place("norrvik-2022.pdf", 5, "antalet beviljade timmar ökat till 15 100")
    assert measure(CASE, say(same_page), places)["citation_recall"] == 0.0


def test_a_refusal_of_an_answerable_question_has_nothing_right(say, places):
    found = measure(CASE, say(DEFICIT, HOURS, status=Status.NOT_FOUND), places)
    assert (found["correct"], found["cited"], found["citation_recall"]) == (0.0, 0.0, 0.0)
    assert found["overrefused"] == 1.0
    assert "citation_precision" not in found


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"start": 3}, id="offsets"),
        pytest.param({"quote": "Hemtjänsten redovisar ett överskott"}, id="quote"),
        pytest.param({"page": 6}, id="page"),
        pytest.param({"file": "norrvik-2022.pdf"}, id="file"),
        pytest.param({"title": "Norrviks kommun 2022"}, id="title"),
    ],
)
def test_a_citation_is_valid_as_a_whole(say, places, change):
    answer = say(DEFICIT)
    wrong = replace(answer.citations[0], **change)
    answer = replace(answer, sentences=(Sentence("6,3", (wrong,)),))
    assert measure(CASE, answer, places)["valid"] == 0.0


@pytest.mark.parametrize(
    ("text", "grounded"),
    [
        pytest.param("Underskottet är 6,3 mnkr.", 1.0, id="as-it-stands"),
        pytest.param("Underskottet är 6,3 mkr.", 1.0, id="same-unit"),
        pytest.param("Underskottet är 6,3 tkr.", 0.0, id="other-unit"),
        pytest.param("Underskottet är 6,3 procent.", 0.0, id="no-money"),
        pytest.param("Underskottet är 6,4 mnkr.", 0.0, id="other-number"),
        pytest.param("Underskottet är 6 mnkr.", 0.0, id="part-of-a-number"),
        pytest.param("Underskottet 2019 är 6,3 mnkr.", 0.5, id="other-year"),
        pytest.param("Underskottet är 6,3.", 0.0, id="without-its-unit"),
        pytest.param("Underskottet är –6,3 mnkr.", 0.0, id="with-another-sign"),
    ],
)
def test_numbers_are_grounded_with_their_units(say, places, text, grounded):
    assert measure(CASE, say(DEFICIT, text=text), places)["grounded"] == grounded


BULLET = Place("norrvik-2023.pdf", 5, "Fler beviljade timmar 3,8")
ROW = Place("norrvik-2023.pdf", 8, "30 49 år 7,6 7,7")


@pytest.mark.parametrize(
    ("place", "text", "grounded"),
    [
        pytest.param(BULLET, "Fler beviljade timmar –3,8 mnkr", 1.0, id="negative"),
        pytest.param(BULLET, "Fler beviljade timmar 3,8 mnkr", 0.0, id="negative-said-without-its-sign"),
        pytest.param(ROW, "30–49 år: 7,7", 1.0, id="a-range-is-no-sign"),
    ],
)
def test_numbers_keep_their_signs(samples, say, places, place, text, grounded):
    [span] = places.spans(place)
    block = samples.report(span.report_id).block_at(span.start)
    citations = cite(samples.report(span.report_id), block.start, block.end)
    answer = Answer(ASKED, Status.ANSWERED, (Sentence(text, citations, "Norrvik 2023"),), ())
    assert measure(CASE, answer, places)["grounded"] == grounded


def test_a_sentence_without_a_citation_proves_nothing(say, places):
    answer = say(DEFICIT)
    answer = replace(answer, sentences=(*answer.sentences, Sentence("Kostnaden steg med 99,9 mnkr.", ())))
    found = measure(CASE, answer, places)
    assert (found["attributed"], found["grounded"]) == (0.5, 0.5)
    assert found["extractive"] < 1.0


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("", id="none"),
        pytest.param("Norrviks kommun, årsrapport 2022", id="other-year"),
        pytest.param("Norrviks kommun, årsrapport", id="no-year"),
        pytest.param("Täby kommun, årsrapport 2023", id="other-municipality"),
        pytest.param("Norrviks och Täby kommun, årsrapport 2023", id="one-more-municipality"),
    ],
)
def test_a_sentence_is_attributed_to_its_own_report(say, places, source):
    assert measure(CASE, say(DEFICIT, source=source), places)["attributed"] == 0.0


def test_what_is_turned_around_is_not_extractive(say, places):
    turned = say(DEFICIT, text="Hemtjänsten redovisar ett överskott på 6,3 mnkr")
    assert measure(CASE, turned, places)["extractive"] == pytest.approx(5 / 6)


@pytest.mark.parametrize("length", [pytest.param(5, id="a-word"), pytest.param(5000, id="pages")])
def test_a_citation_of_too_little_or_too_much_points_at_nothing(samples, say, places, length):
    [span] = places.spans(DEFICIT)
    report = samples.report(span.report_id)
    cited = replace(say(DEFICIT).citations[0], end=span.start + length, quote=report.text[span.start :][:length])
    answer = replace(say(DEFICIT), sentences=(Sentence("6,3 mnkr, fler timmar", (cited,), "Norrvik 2023"),))
    found = measure(CASE, answer, places)
    assert (found["correct"], found["cited"], found["citation_precision"]) == (1.0, 0.0, 0.0)


def test_an_unanswerable_question(say, places):
    none = Case("n", "Varför?", "unanswerable", "formal", must_not=("6,3",), reason=Reason.ABSENT)
    refusal = say(DEFICIT, text="Rapporterna svarar inte.", status=Status.NOT_FOUND)
    assert measure(none, refusal, places) == {"refused": 1.0, "valid": 1.0}
    assert "citation_precision" not in measure(none, say(DEFICIT), places)
    assert measure(none, say(DEFICIT), places)["refused"] == 0.0
    leaking = say(DEFICIT, status=Status.NOT_FOUND)
    assert measure(none, leaking, places)["refused"] == 0.0


def test_a_false_premise_may_be_corrected(say, places):
    false = Case("f", "?", "unanswerable", "formal", premise=(("underskott",), ("6,3",)), reason=Reason.PREMISE)
    assert measure(false, say(DEFICIT), places)["refused"] == 1.0
    assert measure(false, say(HOURS), places)["refused"] == 0.0


def test_a_wrong_figure_before_the_right_one_misleads():
    case = replace(CASE, must=(("9,7",),), must_not=("3,6", "täby"))
    assert misleading("Det blev 3,6 och inte 9,7.", case) == ["3,6"]
    assert misleading("Det blev 9,7, mot 3,6 året innan.", case) == []
    assert misleading("Det blev 9,7 i Täby.", case) == ["täby"]


@pytest.mark.parametrize(
    ("text", "fact", "found"),
    [
        pytest.param("5,5 procent", "5,5", True, id="figure"),
        pytest.param("15,5 procent", "5,5", False, id="end-of-a-figure"),
        pytest.param("5,53 procent", "5,5", False, id="beginning-of-a-figure"),
        pytest.param("16 450 timmar", "16", False, id="first-thousands"),
        pytest.param("16 450 timmar", "450", False, id="last-thousands"),
        pytest.param("år 2023", "2023", True, id="year"),
        pytest.param("–45\u00a0195 tkr", "45 195", True, id="hard-space"),
        pytest.param("vakanser", "vakan", True, id="stem"),
        pytest.param("20 procent av utsläppen", "20 %", True, id="per-cent"),
        pytest.param("20% av utsläppen", "20 procent", True, id="per-cent-sign"),
        pytest.param("januari", "ja", False, id="short-within-a-word"),
        pytest.param("Ja, målet nåddes", "ja", True, id="short-word"),
        pytest.param("HVB-placeringar", "hvb", True, id="short-before-a-hyphen"),
    ],
)
def test_finding_a_fact(text, fact, found):
    assert (find_fact(fold(text), fact) is not None) == found


def test_key_facts_count_in_the_beginning_alone():
    assert states("x" * 690 + " 9,7", (("9,7",),))
    assert not states("x" * 700 + " 9,7", (("9,7",),))


def test_a_place_is_the_shortest_stretch_with_its_words(samples):
    report = next(samples.report(e.report_id) for e in samples.entries if e.file == "norrvik-2023.pdf")
    [(start, end)] = find(report, Place("norrvik-2023.pdf", 5, "Hemtjänsten underskott 6,3"))
    assert report.text[start:end] == "Hemtjänsten redovisar ett underskott på 6,3"
    assert find(report, Place("norrvik-2023.pdf", 5, "underskott Hemtjänsten 9,9")) == []


def test_a_passage_holds_a_place_by_half_of_it():
    assert Span("a", 0, 100).holds(Span("a", 50, 150))
    assert not Span("a", 0, 100).holds(Span("a", 51, 151))
    assert not Span("a", 0, 100).holds(Span("b", 0, 10))
    # A scrap of the place is none of it.
    assert not Span("a", 0, 10).holds(Span("a", 0, 100))


def test_a_citation_has_half_of_a_place_or_is_half_within_it():
    assert Span("a", 0, 200).cites(Span("a", 150, 250))
    assert Span("a", 0, 20).cites(Span("a", 10, 100))
    assert not Span("a", 0, 20).cites(Span("a", 11, 100))


@pytest.fixture
def ranked(samples, places):
    """Passages of a report in an order of our own: those with the two places third and first, or nowhere."""
    [span] = places.spans(DEFICIT)
    passages = samples.catalogue.passages(samples.catalogue.numbers([span.report_id])).values()
    with_both = [p for p in passages if p.start <= span.start < p.end]
    others = [p for p in passages if p.end < span.start]
    assert len(with_both) == 1
    return with_both[0], others


def test_rankings_by_hand(ranked, places, samples):
    right, others = ranked
    hits = [Hit(passage, 1.0) for passage in (others[0], others[1], right)]
    found = ranking(CASE, hits, places)
    assert ranks(CASE, hits, places) == (3, 3)
    assert found["rr"] == pytest.approx(1 / 3)
    # One relevant passage, third: 1 / log2(4) against 1 / log2(2).
    assert found["ndcg"] == pytest.approx(1 / math.log2(4))
    assert found["recall_5"] == found["recall"] == 1.0
    pages = [samples.report(hit.passage.report_id).page(hit.passage.start) for hit in hits]
    assert found["page_rr"] == pytest.approx(1 / (1 + len({page for page in pages if page < 5})))
    nowhere = ranking(CASE, hits[:2], places)
    assert (nowhere["rr"], nowhere["ndcg"], nowhere["recall"], nowhere["recall_5"]) == (0.0, 0.0, 0.0, 0.0)
    assert ranking(CASE, [], places)["page_ndcg"] == 0.0


def test_a_passage_that_comes_again_counts_where_it_first_came(ranked, places):
    right, others = ranked
    hits = [Hit(passage, 1.0) for passage in (others[0], right)]
    assert ranking(CASE, [*hits, *hits], places) == ranking(CASE, hits, places)


def test_a_scrap_of_a_passage_is_not_relevant(ranked, places):
    right, _ = ranked
    scrap = replace(right, end=right.start + 10)
    assert ranking(CASE, [Hit(scrap, 1.0)], places)["rr"] == 0.0


def test_pages_are_measured_where_the_evidence_names_them(ranked, places):
    right, _ = ranked
    unpaged = replace(CASE, evidence=((replace(DEFICIT, page=None),),))
    assert "page_rr" not in ranking(unpaged, [Hit(right, 1.0)], places)
    assert "page_rr" not in failed(unpaged)
    assert failed(CASE)["page_rr"] == 0.0


def test_recall_is_within_the_first_4000_characters(ranked, places):
    right, others = ranked
    length, before = 0, []
    for passage in others:
        if length <= 4000:
            before.append(Hit(passage, 1.0))
            length += passage.end - passage.start
    found = ranking(CASE, [*before, Hit(right, 1.0)], places)
    assert length > 4000
    assert found["recall"] == 0.0
    assert found["rr"] > 0.0


def outcome(name, right, *, confidence=0.5, answerable=True, answered=True):
    case = replace(CASE, id=name) if answerable else Case(name, "?", "unanswerable", "lay", reason=Reason.YEAR)
    status = Status.ANSWERED if answered else Status.NOT_FOUND
    answer = Answer(ASKED, status, (), (), confidence=confidence)
    return Outcome(case, answer, {"correct" if answerable else "refused": float(right)}, 0.01)


def test_answers_of_equal_confidence_have_no_order():
    tied = [outcome("a", False), outcome("b", True), outcome("c", True, confidence=0.9)]
    curves = [Evaluation(tuple(order)).risk_coverage for order in (tied, tied[::-1])]
    assert curves[0] == curves[1] == [(1 / 3, 0.0), (2 / 3, 0.25), (1.0, pytest.approx(1 / 3))]


def test_an_error_is_a_wrong_answer_and_none_is_no_measure():
    broken = replace(outcome("a", False), answer=None)
    assert Evaluation((broken,)).risk_coverage == [(1.0, 1.0)]
    refused = Evaluation((outcome("a", False, answered=False),))
    assert "aurc" not in refused.summary


def test_risk_and_coverage_by_hand():
    evaluation = Evaluation(
        (
            outcome("a", True, confidence=0.9),
            outcome("b", False, confidence=0.8),
            outcome("c", True, confidence=0.7),
            outcome("d", True, answerable=False, answered=False),
        )
    )
    assert evaluation.risk_coverage == [(0.25, 0.0), (0.5, 0.5), (0.75, pytest.approx(1 / 3))]
    assert evaluation.summary["aurc"] == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_refusals_by_hand():
    evaluation = Evaluation(
        (
            outcome("a", False, answered=False),
            outcome("b", True, answerable=False, answered=False),
            outcome("c", True, answerable=False, answered=False),
            outcome("d", False, answerable=False),
        )
    )
    assert evaluation.summary["refusal_precision"] == pytest.approx(2 / 3)
    assert evaluation.summary["refused"] == pytest.approx(2 / 3)
    assert evaluation.summary["refusal_f1"] == pytest.approx(2 / 3)


def test_latency_has_its_spread():
    evaluation = Evaluation(tuple(replace(outcome(str(n), True), seconds=n / 1000) for n in range(101)))
    assert evaluation.latency == {"p25": 25, "p50": 50, "p75": 75, "p95": 95, "max": 100}


def test_a_question_that_cannot_be_asked_counts_as_wrong(assistant):
    cases = [replace(CASE, question="?"), Case("n", "…", "unanswerable", "lay", reason=Reason.DOMAIN)]
    evaluation = evaluate(assistant, cases)
    assert [o.measures for o in evaluation.outcomes] == [failed(case) for case in cases]
    assert all("tom" in o.error for o in evaluation.outcomes)
    assert evaluation.errors == list(evaluation.outcomes)
    assert evaluation.summary["correct"] == evaluation.summary["refused"] == 0.0


def test_an_unexpected_error_leaves_the_other_questions(assistant, monkeypatch):
    ask = type(assistant).ask

    def sometimes(self, text, history=(), scope=None):
        return 1 / 0 if text == "Varför?" else ask(self, text, history, scope)

    monkeypatch.setattr(type(assistant), "ask", sometimes)
    found = evaluate(assistant, [CASE, replace(CASE, id="d", question="Hur hög var sjukfrånvaron i Norrvik 2023?")])
    assert [o.error for o in found.outcomes] == ["ZeroDivisionError: division by zero", ""]
    assert [o.verdict for o in found.outcomes] == ["fel vid frågan", "fel svar"]


def test_a_follow_up_is_asked_after_what_it_follows(assistant):
    first = replace(CASE, id="1", question="Hur hög var sjukfrånvaron i Norrvik 2023?")
    then = replace(CASE, id="2", question="Och i Lindhaga?", follows="1")
    evaluation = evaluate(assistant, [first, then])
    asked = evaluation.outcomes[1].answer.question
    assert asked.scope == Scope(("Lindhaga",), (2023,))
    assert "7,8" in evaluation.outcomes[1].answer.text
