from __future__ import annotations

import pytest

from scribe.exporters import own
from scribe.exporters.markdown import postmortem as built_in
from scribe.record.errors import ScribeError
from scribe.record.events import Fact
from tests.exporters.full import full, made
from tests.exporters.test_escape import NASTY
from tests.fakes.tale import Tale

TALE = Tale("a | b")
TALE.say(Fact(), "<b>5xx</b> | *all*")
SMALL = made(TALE)


def filled(source: str) -> str:
    return own.postmortem(SMALL, source, "incident.md.j2")


_GROWING = "{% set it = namespace(is='it grows') %}{% for i in range(24) %}"


def refused(source: str) -> str:
    with pytest.raises(ScribeError) as error:
        filled(source)
    assert "\n" not in error.value.message
    assert error.value.exit_code == 2
    return error.value.message


# ── what it may do ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_the_file_says_stands_and_what_was_typed_is_escaped() -> None:
    assert filled("**{{ doc.title }}** <hr>\n{{ doc.timeline[1].text }}") == (
        "**a \\| b** <hr>\n\\<b>5xx\\</b> | \\*all\\*\n".replace(" | \\*", " \\| \\*")
    )


def test_what_the_parts_make_stands_as_it_is() -> None:
    assert filled("{{ part.glance() }}") in built_in(SMALL, "layered")


def test_macros_and_set_blocks_are_not_escaped_twice() -> None:
    source = (
        "{% macro row(x) %}| {{ x }} |{% endmacro %}{{ row(doc.title) }}{% set y %}_{{ doc.title }}_{% endset %}{{ y }}"
    )
    assert filled(source) == "| a \\| b |_a \\| b_\n"


def test_marking_something_as_safe_changes_nothing() -> None:
    assert filled("{{ doc.title|safe }}{{ doc.title|upper }}") == "a \\| bA \\| B\n"


def test_loops_conditions_filters_and_namespaces_work() -> None:
    source = (
        "{% set seen = namespace(n=0) %}{% for each in doc.timeline if each.kind == 'fact' %}"
        "{% set seen.n = seen.n + 1 %}{{ loop.index }}{% endfor %}{{ seen.n }} {{ doc.timeline|length }} "
        "{{ doc.people|map(attribute='name')|join(', ') }} {{ range(3)|sum }} {{ doc.moment('declared').mark.at[:4] }}"
    )
    assert filled(source) == "11 2 sam 3 2026\n"


@pytest.mark.parametrize("name", own.PARTIALS)
def test_the_built_in_parts_can_be_included(name: str) -> None:
    document = made(full(security=True))
    included = own.postmortem(document, f'# Ours\n\n{{% include "{name}.md.j2" %}}', "x.j2")
    assert included.removeprefix("# Ours\n\n").strip() in built_in(document, "layered")


def test_diagrams_can_be_left_out() -> None:
    source = "x {{ part.phases() }}"
    assert "gantt" in own.postmortem(SMALL, source, "x")
    assert own.postmortem(SMALL, source, "x", diagrams=False) == "x \n"


# ── what is wrong with it ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("\n\n{{ doc.sevrity }}", "line 3: doc has no field 'sevrity'; did you mean severity?"),
        ("{% if doc.sevrity %}{% endif %}", "line 1: doc has no field 'sevrity'; did you mean severity?"),
        ("\n{{ dco.title }}", "line 2: there is no dco; did you mean doc?"),
        ("{{ lipsum() }}", "line 1: there is no lipsum"),
        ("{{ part.tiemline() }}", "line 1: part has no field 'tiemline'; did you mean timeline?"),
        (
            "{% for e in doc.timeline %}\n{{ e.txt }}{% endfor %}",
            "line 2: entry has no field 'txt'; did you mean text?",
        ),
        ("{{ doc.sections.sumary }}", "line 1: this table has no field 'sumary'; did you mean summary?"),
        ("{{ part.write('sumary') }}", "line 1: there is no 'sumary'; did you mean summary?"),
        ("{{ doc.measure('TTX').seconds }}", "line 1: there is none of that name"),
        ("a\n{% if %}", "line 2: expected an expression, got 'end of statement block'"),
        ("{% for x in doc.timeline %}", "line 1: unexpected end of template"),
        ("\n{{ 'a'|shout }}", "line 2: no filter named 'shout'"),
        ("\n{{ 1 + 'a' }}", "line 2: unsupported operand type(s) for +: 'int' and 'str'"),
        ("{{ doc.title() }}", "line 1: str cannot be called here"),
        ("\n{{ 1 / 0 }}", "line 2: division by zero"),
        ("{{ part.write() }}", "line 1: sections.write() missing 1 required positional argument: 'key'"),
        ("\n{% include 'mine.md' %}", "line 2: there is no mine.md to include"),
        ("{% include 'layered.md.j2' %}", "line 1: there is no layered.md.j2 to include"),
        ("{% import '/etc/passwd' as x %}", "line 1: there is no /etc/passwd to include"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "line 1: it calls itself without end"),
    ],
)
def test_an_error_names_file_line_and_field(source: str, said: str) -> None:
    message = refused(source)
    assert message.startswith("incident.md.j2 ")
    assert message.removeprefix("incident.md.j2 ").startswith(said)


# ── what it may not do ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "source",
    [
        "{{ doc.__class__ }}",
        "{{ doc.title.__class__.__mro__ }}",
        "{{ part.write.__func__.__globals__ }}",
        "{{ part.write.__globals__ }}",
        "{{ part._held }}",
        "{{ doc.timeline[0].__init__ }}",
        "{{ ''.join.__self__ }}",
        "{{ doc|attr('__class__') }}",
        "{{ doc['__class__'] }}",
        "{{ self.__init__ }}",
        "{{ (doc|map('attr', '__class__')|list)[0] }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ namespace.__init__ }}",
        "{{ doc.zone.utcoffset }}",
        "{{ part.times.zone.from_file }}",
        "{{ doc.sections.update({}) }}",
        "{{ doc.sections.clear() }}",
        "{{ [].append(1) }}",
        "{{ '{0.__class__}'.format(doc) }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 1000000000 * 'a' }}",
        "{{ (1, 2) * 100000000 }}",
        "{{ 9 ** 999999999 }}",
        "{{ 'a'|center(1000000000) }}",
        "{{ 'a'|center(width=1000000000) }}",
        "{{ 'a\nb'|indent(1000000000) }}",
        "{{ 'a'.center(1000000000) }}",
        "{{ 'a'.ljust(1000000000) }}",
        "{{ 'a'.zfill(1000000000) }}",
        "{{ range(1000000) }}",
        "{{ [1]|batch(1000000000)|list }}",
        "{{ [1]|slice(1000000000)|list }}",
        f"{_GROWING}{{% set it.is = it.is ~ it.is %}}{{% endfor %}}",
        f"{_GROWING}{{% set it.is = it.is + it.is %}}{{% endfor %}}",
        "{% set it = namespace(is=9) %}{% for i in range(30) %}{% set it.is = it.is * it.is %}{% endfor %}",
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
    ],
)
def test_it_neither_leads_out_of_the_document_nor_runs_away(source: str) -> None:
    assert refused(source).startswith("incident.md.j2 line ")


def test_a_document_that_grows_without_measure_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "LONGEST", 1024 * 1024)
    message = refused("{% for i in range(100000) %}" + "x" * 100 + "{% endfor %}")
    assert "grows beyond 1 million characters" in message


def test_an_error_shows_no_words_of_the_record_that_do_not_belong_to_it() -> None:
    tale = Tale("a secret title")
    with pytest.raises(ScribeError) as error:
        own.postmortem(made(tale), "{{ doc.foo }}{{ doc.title }}", "x.j2")
    assert "secret" not in error.value.message


def test_whatever_was_typed_stays_text_in_ones_own_template() -> None:
    tale = Tale()
    for text in filter(str.strip, NASTY):
        tale.say(Fact(), text)
    source = "{% for each in doc.timeline %}\n- {{ each.text }}\n{% endfor %}\n\n{{ part.timeline() }}"
    from tests.exporters.reader import kinds

    found = kinds(own.postmortem(made(tale), source, "x.j2"))
    assert not found & {"html_block", "html_inline", "image", "fence", "code_block", "heading_open", "link_open"}
