"""The parts of the page that need no browser: words, links, marks, files."""

import re
from pathlib import Path

import pytest

import qa.web
from corpus.document import Period
from corpus.identify import Overrides
from index.kept import safe_name
from index.prepare import Entry
from qa.answer import Answer, Citation, Sentence, Status
from qa.question import Kind, Question, Scope
from qa.web.app import build_app
from qa.web.chat import remembered
from qa.web.library import corrections
from qa.web.limits import Shares
from qa.web.links import Asked, asked, chosen_scope, source_link, spans
from qa.web.lists import first_html, hits_html, reports_html, scope_html
from qa.web.markup import element, marked, text
from qa.web.service import Service
from qa.web.turns import error_html, turn_html
from qa.web.words import LANGUAGES, load_words

HOSTILE = "<script>alert(1)</script> ${7*7} {{7*7}} <img src=x onerror=alert(1)> `x` \" onload='x'"
SV = load_words("sv")


class TestWords:
    def test_both_languages_say_the_same_things(self):
        assert load_words("sv").keys == load_words("en").keys

    def test_every_word_is_used_and_every_use_has_its_word(self):
        code = "".join(path.read_text(encoding="utf-8") for path in Path(qa.web.__file__).parent.rglob("*.py"))
        # Some keys are put together: f"feedback.{value}".
        formed = re.findall(r"""f["']([a-z]+\.[a-z_]*)\{""", code)
        unused = [key for key in SV.keys if f'"{key}"' not in code and not key.startswith(tuple(formed))]
        assert [key for key in unused if f"'{key}'" not in code] == []
        for key in re.findall(r"""(?<!load_)words\(\s*["']([a-z_.]+)["']""", code):
            assert key in SV.keys, key

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_values_have_the_same_places_in_both(self, language):
        for key in SV.keys:
            places = set(re.findall(r"\{(\w+)\}", SV._words[key]))
            assert places == set(re.findall(r"\{(\w+)\}", load_words(language)._words[key])), key


class TestMarkup:
    def test_text_is_shown_and_never_run(self):
        shown = text(HOSTILE)
        for dangerous in ("<", "${", "{{", "`", '"', "'"):
            assert dangerous not in shown

    def test_attributes_cannot_be_broken_out_of(self):
        made = element("a", "x", href=HOSTILE, class_="a", data_only="b", hidden=False, download=True)
        assert made.startswith('<a href="&lt;script')
        assert made.endswith(' class="a" data-only="b" download>x</a>')
        assert made.count('"') == 6

    def test_marks_are_put_where_they_count_from(self):
        assert marked("abcdef", [(12, 14), (13, 15)], 10) == "ab<mark>cd</mark><mark>e</mark>f"
        assert marked("a<b", [(0, 99)]) == "<mark>a&lt;b</mark>"
        assert marked("abc", [(-5, -2), (7, 9)]) == "abc"


class TestLinks:
    def test_what_is_asked_comes_back_from_its_address(self):
        from urllib.parse import parse_qsl

        wanted = Asked("Vad kostade «IFO» & skolan? 100 %", Scope(("Norrvik",), (2023,), ("Vård- och omsorgsnämnden",)))
        assert asked(dict(parse_qsl(wanted.query))) == wanted

    @pytest.mark.parametrize(
        "values", [{}, {"fraga": "  "}, {"fraga": 7}, {"fraga": None}], ids=["nothing", "blank", "number", "null"]
    )
    def test_an_address_that_asks_nothing(self, values):
        assert asked(values) is None

    def test_what_cannot_be_a_scope_is_let_be(self):
        assert chosen_scope('{"ar": "20x4", "kommun": ["a"], "namnd": "X"}') == Scope((), (), ("X",))
        for broken in ("", None, "[]", "{", "[" * 100_000):
            assert chosen_scope(broken) == Scope()

    def test_places_come_back_from_their_address(self):
        assert spans(["12-40", "40-12", "x", "1-2-3", "-1-5"]) == [(12, 40)]
        assert source_link("/en", "ab12", [(1, 2), (5, 9)], page=3) == "/en/kalla/ab12?q=1-2&q=5-9&sida=3"

    def test_what_a_browser_remembers_may_be_anything(self):
        for broken in (
            "",
            "null",
            "{}",
            '{"owner": "", "turns": 7, "given": {}}',
            '{"owner": "", "turns": [7], "given": {}}',
            "[" * 100_000,
        ):
            assert remembered(broken) == ([], None)
        before, now = remembered(
            '{"owner": "", "turns": [{"fraga": "a", "kommun": "Norrvik"}, {}], "given": {"fraga": "b"}}'
        )
        assert before == [Asked("a", Scope(("Norrvik",)))]
        assert now == Asked("b")


class TestTurns:
    def test_what_people_and_reports_write_is_shown_as_text(self, assistant):
        report = assistant.library.report(assistant.library.entries[0].report_id)
        citation = Citation(report.report_id, HOSTILE, HOSTILE, 1, 0, 5, HOSTILE)
        question = Question(HOSTILE, Kind.TOPIC, Scope((HOSTILE,)), "", "")
        answer = Answer(
            question, Status.ANSWERED, (Sentence(HOSTILE, (citation,), HOSTILE),), (), (HOSTILE,), (HOSTILE,)
        )
        pages = (
            turn_html(answer, assistant.library, Asked(HOSTILE), 0, "", SV),
            error_html(HOSTILE, HOSTILE, 0),
            hits_html(assistant.search("hemtjänst", 3), assistant.library, "fit", lambda passage: [], SV),
        )
        for page in pages:
            for dangerous in ("<script", "<img", "${", "{{", "`", "onload='"):
                assert dangerous not in page

    def test_sources_of_one_row_are_one_reference(self, assistant):
        answer = assistant.ask("Hur mycket kostade hemtjänsten i Norrvik 2022 och 2023?")
        page = turn_html(answer, assistant.library, Asked(answer.question.text), 3, "", SV)
        assert len(answer.citations) == 3
        assert page.count('<li value="1">') == 1
        assert '<li value="2">' not in page
        assert 'id="fraga-3"' in page

    def test_a_refusal_looks_like_one(self, assistant):
        answer = assistant.ask("Hur gick det för Kiruna?")
        page = turn_html(answer, assistant.library, Asked(answer.question.text), 0, "", SV)
        assert 'class="turn refused"' in page
        assert "<h3>Källor</h3>" not in page


class TestLists:
    def test_the_first_page_sums_up_years_in_runs(self, samples):
        entries = [e for e in samples.entries if e.period.year != 2023]
        assert "2022, 2024" in first_html(entries, False, SV)
        assert "2022–2024" in first_html(samples.entries, False, SV)
        assert "Biblioteket är tomt" in first_html((), False, SV)

    def test_the_scope_offers_what_there_is(self, samples):
        page = scope_html(samples.entries, SV)
        assert '<option value="Norrvik">Norrviks kommun</option>' in page
        assert page.index(">2024<") < page.index(">2022<")

    def test_reports_have_a_button_only_for_those_who_may_change_them(self, samples):
        assert "<button" not in reports_html(samples.entries, False, SV)
        assert reports_html(samples.entries, True, SV).count("<button") == len(samples.entries)


def entry(**fields: object) -> Entry:
    known = {"municipality": "Norrvik", "board": "Socialnämnden", "kind": "årsrapport", "period": Period(2023)}
    return Entry("id", "a.pdf", "/a.pdf", "t", **{**known, "uncertain": frozenset(), "notes": (), "pages": 1, **fields})


class TestCorrections:
    def test_only_what_is_changed_or_was_uncertain_is_said(self):
        same = ("Norrvik", "Socialnämnden", "årsrapport", "2023", "")
        assert corrections(entry(), same, SV) == Overrides()
        assert corrections(entry(uncertain=frozenset({"board", "period"})), same, SV) == Overrides(
            board="Socialnämnden", year=2023
        )
        changed = corrections(entry(), ("lindhaga kommun", "", "", "2024", "2024-08-31"), SV)
        assert (changed.municipality, changed.board, changed.year, str(changed.through)) == (
            "Lindhaga", None, 2024, "2024-08-31",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("year", "through", "said"),
        [
            pytest.param("20x4", "", "giltigt år", id="no year"),
            pytest.param("٢٠٢٣", "", "giltigt år", id="other digits"),
            pytest.param("2024", "31 augusti", "giltigt datum", id="no date"),
            pytest.param("2023", "2024-08-31", "olika år", id="other year"),
        ],
    )
    def test_what_cannot_be_is_a_sentence(self, year, through, said):
        with pytest.raises(Exception, match=said):
            corrections(entry(), ("", "", "", year, through), SV)


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\rapport.pdf", "rapport.pdf"),
            ('a"b<c>|?.pdf', "a_b_c___.pdf"),
            ("å" * 300 + ".pdf", "å" * 58 + ".pdf"),
            ("🦊.pdf", "🦊.pdf"),
            ("...", "rapport"),
            ("", "rapport"),
            (".pdf", "pdf"),
            ("a\nb.pdf", "a_b.pdf"),
        ],
    )
    def test_names_are_fit_for_any_file_system(self, name, kept):
        assert safe_name(name) == kept

    def test_the_app_is_built_without_being_launched(self, assistant, tmp_path):
        app = build_app(Service(assistant, True, tmp_path / "library"), SV, Shares())
        public = {
            each["api_name"] for each in app.get_config_file()["dependencies"] if each["api_visibility"] == "public"
        }
        assert public == {"ask", "search", "figures", "reports"}
        english = build_app(Service(assistant, True, tmp_path / "library"), load_words("en"), Shares())
        assert not [each for each in english.get_config_file()["dependencies"] if each["api_visibility"] == "public"]
