"""A team's own template: a Jinja2 file, filled in a sandbox; what is wrong with it is said with file, line and field.

The file is its author's: what it says itself stands as it is. What it shows of the record goes through the same
escape as in the built-in templates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import tzinfo
from difflib import get_close_matches
from functools import cache
from types import BuiltinMethodType, MethodType
from typing import Any

import msgspec
from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.nodes import Concat
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.utils import Cycler, Joiner, Namespace, missing
from msgspec import Struct

from scribe.after.postmortem import Postmortem
from scribe.exporters.blocks import Blocks
from scribe.exporters.escape import Md
from scribe.exporters.markdown import environment, finalized, tidied
from scribe.exporters.phrases import Phrases
from scribe.exporters.times import Times
from scribe.record.errors import ScribeError

LONGEST = 32 * 1024 * 1024
"""Characters of a document at most: ten thousand entries make about two millions."""

MOST_TURNS = 1_000_000
"""Numbers that all ranges of a template together may count."""

WIDEST = 1000
"""The widest that text is padded to."""

LESS = "let it do less: fewer loops within loops, no lists that grow"
"""How a template comes within its limits."""

PARTIALS = ("_response", "_roles", "_review", "_record", "_regulators", "_cost", "_security")
"""The built-in parts that a template may include, as ``{% include "_security.md.j2" %}``."""

_TRIALS = (
    "{{ 'a\\n'|pprint }}{{ 'a b'|wordwrap(1) }}{{ 'a'|tojson }}{{ 1.5|round }}{{ 'a'|urlencode }}{{ [1]|random }}",
    "{{ '&lt;'|striptags }}",
    "{{ 1 / 0 }}",
    "{% unknown %}",
)
"""What has Jinja2 and Python import whatever they import only when it is used, or when something is wrong."""

_NAMES = {Postmortem: "doc", Blocks: "part"}
_DATA = (str, bytes, int, float, tuple, list, dict, frozenset, set)
_MAKERS = (dict, Namespace, Cycler, Joiner)
_JINJA = ("jinja2.runtime", "jinja2.utils")
_FILTERS_OF_SIZE = ("batch", "center", "indent", "slice")
_MOST_BITS = 4096
"""Of a number: far more than anything that is counted."""


class Limits(Struct, frozen=True):
    """What filling a template may take: processor time and time (seconds), memory beside the document's.

    The process that it is filled in holds these; here they are told. A busy machine lets a template wait for the
    processor, so the time may be longer than that of the processor.
    """

    seconds: int = 10
    wall: float = 30.0
    megabytes: int = 512

    @property
    def too_long(self) -> str:
        """What is said when the time is over."""
        return f"it takes longer than {self.seconds} s"

    @property
    def too_large(self) -> str:
        """What is said when the memory is taken."""
        return f"it takes more than {self.megabytes} MB"


class TooLong(Exception):
    """The time for filling a template is over; raised by an alarm, wherever the template is."""


def prepare() -> None:
    """Read whatever filling a template may need: the process that fills it opens no file from then on."""
    for partial in PARTIALS:
        _built_in(f"{partial}.md.j2")
    for trial in _TRIALS:
        with suppress(TemplateError, ZeroDivisionError):
            _Sandbox(trial, "trial").filled()


def postmortem(
    document: Postmortem, source: str, name: str, *, diagrams: bool = True, limits: Limits | None = None
) -> str:
    """The document in a team's own template, of which ``source`` is the text and ``name`` the file's name.

    It is called in a process of its own, which ``limits`` hold. Raises ScribeError in one line that names file, line
    and what is wrong there.
    """
    limits = limits or Limits()
    part = Blocks(document, diagrams=diagrams)
    own = _Sandbox(source, name)
    try:
        return tidied(own.filled(doc=document, part=part))
    except TemplateSyntaxError as error:
        raise ScribeError(f"{error.name or name} line {error.lineno}: {_sentence(error.message)}") from None
    except TemplateNotFound as error:
        known = ", ".join(f"{partial}.md.j2" for partial in PARTIALS)
        raise ScribeError(
            f"{_place(error, name)}: there is no {error.name} to include", f"there are: {known}"
        ) from None
    except RecursionError as error:
        raise ScribeError(f"{_place(error, name)}: it calls itself without end") from None
    except MemoryError as error:
        raise ScribeError(f"{_place(error, name)}: {limits.too_large}", LESS) from None
    except TooLong as error:
        raise ScribeError(f"{_place(error, name)}: {limits.too_long}", LESS) from None
    except ScribeError as error:
        raise ScribeError(f"{_place(error, name)}: {error.message}", error.hint) from None
    except (UndefinedError, SecurityError, TemplateRuntimeError) as error:
        raise ScribeError(f"{_place(error, name)}: {_sentence(error.message)}") from None
    except KeyError as error:
        asked = str(error.args[0]) if error.args else ""
        raise ScribeError(f"{_place(error, name)}: there is no '{asked}'{_meant(asked, document.sections)}") from None
    except OSError as error:  # a fault of the sandbox, or something of Python's own that `prepare` does not know of
        raise ScribeError(f"{_place(error, name)}: no files are read here") from None
    except Exception as error:
        # Whatever a template's own expressions raise is a fault of the template, and told like one.
        raise ScribeError(f"{_place(error, name)}: {_sentence(str(error)) or type(error).__name__}") from None


class _Named(StrictUndefined):
    """What a template asks for and is not there, told by the name that the template knows it under."""

    @property
    def _undefined_message(self) -> str:
        asked = str(self._undefined_name)
        if self._undefined_hint:
            is_lookup = "StopIteration" in self._undefined_hint
            return "there is none of that name" if is_lookup else self._undefined_hint
        owner = self._undefined_obj
        if owner is missing:
            return f"there is no {asked}{_meant(asked, ('doc', 'part'))}"
        fields = owner.keys() if isinstance(owner, Mapping) else _public(owner)
        return f"{_called(owner)} has no field '{asked}'{_meant(asked, map(str, fields))}"


class _Partials(BaseLoader):
    """The built-in parts and nothing else: a template reads no files."""

    def get_source(self, _: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        if template.removesuffix(".md.j2") not in PARTIALS or not template.endswith(".md.j2"):
            raise TemplateNotFound(template)
        return _built_in(template)


@cache
def _built_in(template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
    built_in = environment()
    assert built_in.loader is not None
    return built_in.loader.get_source(built_in, template)


def _concat(pieces: Iterable[str]) -> Md:
    return Md("".join(pieces))


class _Generator(CodeGenerator):
    """Templates as code, in which ~ asks the sandbox like any other operator does."""

    def visit_Concat(self, node: Concat, frame: Frame) -> None:
        """Pieces put together."""
        self.write("environment.together((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Where one template of a team is filled."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    code_generator_class = _Generator
    # What a macro or a `set` block gives has been through `finalized` piece by piece.
    concat = staticmethod(_concat)

    def __init__(self, source: str, name: str) -> None:
        super().__init__(
            loader=_Partials(),
            undefined=_Named,
            finalize=finalized,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._source, self._file, self._turns = source, name, 0
        self.globals = {"range": self._range, "dict": dict, "namespace": Namespace, "cycler": Cycler, "joiner": Joiner}
        for each in _FILTERS_OF_SIZE:
            self.filters[each] = _bounded(self.filters[each])

    def filled(self, **names: object) -> str:
        """The text that the template makes. Raises whatever it raises."""
        code = self.compile(self._source, self._file, self._file)
        template = self.template_class.from_code(self, code, self.make_globals(None))
        pieces, size = [], 0
        for piece in template.generate(**names):
            size += len(piece)
            if size > LONGEST:
                raise ScribeError(f"the document grows beyond {LONGEST // 1024 // 1024} million characters")
            pieces.append(piece)
        return "".join(pieces)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Fields, and methods that only read: neither what is private nor what leads out of the document."""
        if isinstance(obj, tzinfo):
            return attr == "key"
        return super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        """The parts' and the document's own methods, those of text and lists, macros."""
        if isinstance(obj, MethodType):
            owner = obj.__self__
            known = isinstance(owner, (Phrases, Times, msgspec.Struct)) or owner is self
            return known or type(owner).__module__ in _JINJA
        if isinstance(obj, BuiltinMethodType):
            return isinstance(obj.__self__, _DATA) and super().is_safe_callable(obj)
        # What is not there says so itself when it is called.
        return isinstance(obj, (Macro, StrictUndefined)) or obj in _MAKERS or type(obj).__module__ in _JINJA

    def call(self, context: Context, obj: Any, *args: Any, **named: Any) -> Any:
        """A call of what may be called. Raises SecurityError."""
        if not self.is_safe_callable(obj):
            raise SecurityError(f"{getattr(obj, '__name__', type(obj).__name__)} cannot be called here")
        if isinstance(obj, BuiltinMethodType):
            _fitting((*args, *named.values()))
        return super().call(context, obj, *args, **named)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """A sum, a product or a filled pattern of a size that a document may have."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError("text is not filled with %: use ~ to put pieces together")
        sized = [each for each in (left, right) if isinstance(each, (str, bytes, tuple, list))]
        number = next((each for each in (left, right) if isinstance(each, int)), 0)
        too_long = operator == "*" and bool(sized) and len(sized[0]) * max(number, 0) > MOST_TURNS
        too_long = too_long or (operator == "+" and sum(map(len, sized)) > LONGEST)
        too_large = False
        if isinstance(left, int) and isinstance(right, int) and operator in ("*", "**"):
            bits = left.bit_length() * right if operator == "**" else left.bit_length() + right.bit_length()
            too_large = bits > _MOST_BITS
        if too_long or too_large:
            raise SecurityError(f"{operator} makes something too large")
        return super().call_binop(context, operator, left, right)

    def together(self, pieces: Sequence[object]) -> str:
        """Pieces put together with ~, up to the size of a document. Raises SecurityError."""
        texts = [str(each) for each in pieces]
        if sum(map(len, texts)) > LONGEST:
            raise SecurityError("~ makes something too large")
        return "".join(texts)

    def _range(self, *args: int) -> range:
        found = safe_range(*args)
        self._turns += len(found)
        if self._turns > MOST_TURNS:
            raise OverflowError(f"its ranges count more than {MOST_TURNS} numbers together")
        return found


def _bounded(real: Callable[..., str]) -> Callable[..., str]:
    """A filter that takes a width, for those that a line of a document has."""

    def filtered(*args: Any, **named: Any) -> str:
        _fitting((*args, *named.values()))
        return real(*args, **named)

    return filtered


def _fitting(given: Iterable[object]) -> None:
    """Raise SecurityError for a width that no line of a document has."""
    if any(isinstance(each, int) and each > WIDEST for each in given):
        raise SecurityError(f"a width of more than {WIDEST}")


def _public(owner: object) -> list[str]:
    return [name for name in dir(owner) if not name.startswith("_")]


def _called(owner: object) -> str:
    """An object by the name that a template knows it under, else by what it is."""
    for kind, name in _NAMES.items():
        if isinstance(owner, kind):
            return name
    if isinstance(owner, Mapping):
        return "this table"
    word = type(owner).__name__
    return {"NoneType": "nothing (none)", "tuple": "a list", "str": "text", "Md": "text"}.get(word, word)


def _meant(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), 1, 0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _sentence(message: str | None) -> str:
    """An error of Jinja2 or Python as one line that begins small."""
    line = " ".join((message or "").split()).rstrip(".")
    return line if line[1:2].isupper() else line[:1].lower() + line[1:]


def _place(error: BaseException, name: str) -> str:
    """The file, and the line in it that was being filled; Jinja2 has put its templates' lines into the traceback."""
    trace, line, file = error.__traceback__, 0, name
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{file} line {line}" if line else file
