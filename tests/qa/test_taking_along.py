"""What goes with an answer: references, charts, briefs, suggestions, feedback and its cases."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from pypdf import PdfReader

from corpus.errors import LibraryError
from eval.cases import read_case
from index.feedback import Verdict, read_feedback, save_feedback
from index.store import Library
from qa.assistant import Assistant
from qa.brief import make_brief
from qa.brief_docx import docx_bytes
from qa.brief_pdf import pdf_bytes
from qa.charts import charts
from qa.drafts import cases
from qa.marking import marked_words
from qa.references import references
from qa.suggest import suggestions
from qa.web.service import feedback_on

WHY = "Varför blev det underskott inom hemtjänsten i Norrvik 2023?"
TREND = "Hur har antalet personer med hemtjänst utvecklats?"
TODAY = date(2026, 11, 22)


class TestReferences:
    def test_all_citations_have_a_place_and_the_same_have_one_number(self, assistant):
        for question in (WHY, TREND, "Jämför sjukfrånvaron i Norrvik och Lindhaga 2023"):
            answer = assistant.ask(question)
            every, of_sentences = references(answer)
            assert [each.number for each in every] == list(range(1, len(every) + 1))
            assert {c for each in every for c in each.citations} == set(answer.citations)
            for sentence, found in zip(answer.sentences, of_sentences, strict=True):
                assert {c for each in found for c in each.citations} == set(sentence.citations)
            for each in every:
                assert len({(c.report_id, c.page) for c in each.citations}) == 1

    def test_what_is_computed_refers_to_what_it_is_computed_from(self, assistant):
        answer = assistant.ask(TREND)
        every, of_sentences = references(answer)
        assert len(every) == 6
        assert of_sentences[2] == (every[0], every[1])


class TestCharts:
    def test_a_series_has_its_times_in_order_and_parts_of_years_told(self, assistant):
        answer = assistant.ask("Hur har antalet personer med hemtjänst utvecklats i Norrvik?")
        (chart,) = charts(answer, assistant.library)
        assert chart.times == ("2019", "2020", "2021", "2022", "2023", "januari–augusti 2024")
        assert [point.written for when in chart.times if (point := chart.point("Norrviks kommun", when))] == [
            "604", "611", "628", "655", "701", "722",
        ]  # fmt: skip
        assert [point.when for point in chart.points if point.part] == ["januari–augusti 2024"]

    def test_a_comparison_is_drawn_by_municipality(self, assistant):
        (chart,) = charts(assistant.ask("Jämför sjukfrånvaron i Norrvik och Lindhaga 2023"), assistant.library)
        assert chart.owners == ("Norrviks kommun", "Lindhaga kommun")
        assert chart.times == ("2023",)
        assert chart.title == "Sjukfrånvaro, %, högst 2023"

    @pytest.mark.parametrize(
        "question", [WHY, "Hur mycket kostade hemtjänsten i Norrvik 2023?", "Hur gick det för Kiruna?"]
    )
    def test_a_single_figure_or_none_is_no_chart(self, assistant, question):
        assert charts(assistant.ask(question), assistant.library) == []

    def test_each_point_is_the_figure_of_its_reference(self, assistant):
        for question in (TREND, "Hur har sjukfrånvaron utvecklats i Norrvik?"):
            for chart in charts(assistant.ask(question), assistant.library):
                for point in chart.points:
                    assert any(point.written in c.quote for c in point.reference.citations)
                    assert point.figure.unit == chart.unit


class TestBriefs:
    def test_every_sentence_has_its_footnotes_in_both_documents(self, assistant):
        answer = assistant.ask(TREND)
        brief = make_brief(answer, assistant.library, TODAY, "http://127.0.0.1:7860/?fraga=x", "Exempel.")
        text = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf_bytes(brief))).pages).split())
        word = docx_bytes(brief)
        paragraphs = " ".join(paragraph.text for paragraph in Document(io.BytesIO(word)).paragraphs)
        with zipfile.ZipFile(io.BytesIO(word)) as archive:
            notes = archive.read("word/footnotes.xml").decode()
            assert b"footnotes+xml" in archive.read("[Content_Types].xml")
        for sentence in answer.sentences:
            assert sentence.text in text
            assert sentence.text in paragraphs
        for footnote in brief.footnotes:
            assert footnote.place in text
            assert footnote.place in notes
        assert "Rapportsvar 22 november 2026, ur 6 rapporter." in text
        assert "Obs! Exempel." in paragraphs

    def test_the_text_for_the_clipboard_has_the_same(self, assistant):
        brief = make_brief(assistant.ask(WHY), assistant.library, TODAY)
        assert brief.text.startswith(f"{WHY}\n\nNorrviks kommun, Socialnämnden, årsrapport 2023: Hemtjänsten redovisar")
        assert "[1]" in brief.text
        assert brief.text.count("\n[") == len(brief.footnotes)

    def test_what_no_document_can_hold_is_left_out(self, assistant):
        answer = assistant.ask(WHY)
        strange = "a\x00b\x0bc\u202ed <b>&amp; \ud800 →"
        answer = replace(answer, notes=(strange,), question=replace(answer.question, asked=strange))
        brief = make_brief(answer, assistant.library, TODAY)
        paragraphs = [p.text for p in Document(io.BytesIO(docx_bytes(brief))).paragraphs]
        assert any(p.startswith("Obs! a b c d <b>&amp;") for p in paragraphs)
        assert "Obs! a b c d <b>&amp;" in PdfReader(io.BytesIO(pdf_bytes(brief))).pages[0].extract_text()


class TestSuggestions:
    def test_all_that_is_suggested_is_answered(self, assistant):
        found = suggestions(assistant)
        assert len(found) == len(set(found)) == 3
        assert all(assistant.ask(question).sentences for question in found)
        assert len({name for name in ("Norrvik", "Lindhaga") for each in found if name in each}) == 2

    def test_a_library_that_answers_none_of_them_suggests_nothing(self, tmp_path, encoder):
        from index.ingest import index_files

        path = tmp_path / "a.txt"
        path.write_text("Recept\nKoka potatisen i tjugo minuter. Häll av vattnet. Servera med smör.")
        index_files(tmp_path / "library", [path], encoder)
        assert suggestions(Assistant(Library(tmp_path / "library"), encoder)) == []


def test_the_words_that_a_search_was_for_are_marked(assistant):
    text = "Hemtjänsttimmarna och kostnaden för hemtjänsten, inte skolan."
    marks = assistant.marked("hemtjänstens kostnader", text)
    assert [text[a:b] for a, b in marks] == ["Hemtjänsttimmarna", "kostnaden", "hemtjänsten"]
    assert marked_words("och i att", []) == []


class TestFeedback:
    @pytest.fixture
    def say(self, assistant, tmp_path):
        def say(question: str, verdict: Verdict, note: str = "") -> None:
            save_feedback(tmp_path, feedback_on(assistant.ask(question), assistant.library, verdict, note, "1.0"))

        return say

    def test_what_was_useful_becomes_a_whole_case(self, say, tmp_path, assistant):
        say(WHY, Verdict.USEFUL, "tack")
        say("Vem är nämndens ordförande i Lindhaga?", Verdict.USEFUL)
        say("Hur gick det för Kiruna?", Verdict.USEFUL)
        import json

        found = [read_case(json.dumps(case)) for case in cases(read_feedback(tmp_path))]
        assert [case.answerable for case in found] == [True, bool(found[1].must), False]
        assert found[0].must == (("6,3",),)
        ((place,),) = found[0].evidence
        assert (place.report, place.page) == ("norrvik-2023.pdf", 5)
        assert place.words.startswith("Hemtjänsten redovisar ett underskott på 6,3")

    def test_what_was_wrong_or_missing_is_for_a_person_to_fill_in(self, say, tmp_path):
        say(WHY, Verdict.WRONG, "fel år")
        say(WHY, Verdict.MISSING)
        say(WHY, Verdict.WRONG, "fel tal")
        wrong, missing = cases(read_feedback(tmp_path))
        assert wrong["must"] == wrong["evidence"] == missing["must"] == []
        assert wrong["comment"].startswith("wrong, ")
        assert wrong["comment"].endswith("fel tal")
        assert wrong["id"] != missing["id"]

    def test_nothing_said_is_nothing(self, tmp_path):
        assert read_feedback(tmp_path) == []

    def test_a_damaged_file_is_a_sentence(self, tmp_path):
        (tmp_path / "feedback.sqlite").write_bytes(b"no database at all, but long enough to be read as one" * 100)
        with pytest.raises(LibraryError, match="skadad"):
            read_feedback(tmp_path)
