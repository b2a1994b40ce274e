"""Why it happened, as Markdown: trigger, root cause, contributing factors, hypotheses, the tree of causes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scribe.after.causes import causes
from scribe.after.threads import Thread
from scribe.exporters import mermaid
from scribe.exporters.course import Course
from scribe.exporters.escape import Md, inline, joined
from scribe.exporters.rows import VERDICTS, said, who
from scribe.exporters.tables import NOTHING, table
from scribe.exporters.times import UNKNOWN
from scribe.record.terms import FACTOR_CLASSES
from scribe.record.written import Factor

_FACTORS = "At least three factors, over at least two layers: why the system let the trigger do harm."


class Reasons(Course):
    """The parts of one postmortem that tell why it happened."""

    def root_cause(self) -> Md:
        """The root cause as it was written; where nobody did, the trigger and the factors, because one is no cause."""
        trigger, factors = self.document.sections["trigger"], self._factors()
        if self.written("root-cause") or not (trigger.text or factors):
            return self.write("root-cause")
        parts = [Md(f"**Trigger.** {self.write('trigger')}")] if trigger.text else []
        if factors:
            parts += [Md("**What let it do harm:**"), self._factor_lines(factors)]
        return Md("\n\n".join(parts))

    def factors(self) -> Md:
        """The factors layer by layer; a layer without any asks its question."""
        rows = []
        for layer in self.document.layers:
            found = [factor for factor in self.document.factors if factor.layer == layer.key]
            rows += [self._row(Md(layer.title), factor) for factor in found]
            if not found:
                rows.append((Md(layer.title), *(NOTHING,) * 5, Md(f"none named – {inline(layer.question)}")))
        rows += [self._row(UNKNOWN, factor) for factor in self.document.factors if factor.layer is None]
        header = ("Layer", "Ref", "Class", "Score 0–3", "Fact or candidate", "Answered by", "Factor")
        asked = "" if self.document.factors else f"{self.missing(_FACTORS)}\n\n"
        return Md(f"{asked}{table(header, rows)}")

    def factor_list(self) -> Md:
        """The factors, one a line; until there are any, what the record holds for them."""
        factors = self.document.factors
        return self._factor_lines(factors) if factors else self._unwritten("factors", _FACTORS)

    def classes(self) -> Md:
        """The ten classes with their scores (001), zero included, and the factors of each."""
        rows = [
            (
                Md(found.title),
                UNKNOWN if found.score is None else Md(str(found.score)),
                joined((self._factor(factor) for factor in found.factors), "; "),
            )
            for found in self.document.classes
        ]
        others = [factor for factor in self.document.factors if factor.factor_class is None]
        rest = f"\n\nWithout a class:\n\n{self._factor_lines(others)}" if others else ""
        return Md(f"{table(('Factor', 'Score 0–3', 'Notes'), rows)}{rest}")

    def hypotheses(self) -> Md:
        """Every hypothesis with its verdict."""
        rows = [
            (
                inline(thread.entry.ref),
                self.times.clock(thread.entry.at, thread.entry.precision),
                who(thread.entry.by),
                Md(VERDICTS.get(thread.status, "open")),
                self.closed(thread),
                said(thread.entry),
                self.words(thread),
            )
            for thread in self.document.hypotheses
        ]
        header = ("Ref", f"Raised ({self.times.name})", "Who", "Verdict", "Given", "Hypothesis", "Evidence")
        return table(header, rows) if rows else self.none

    def candidates(self) -> Md:
        """Confirmed hypotheses, offered as factors to verify; those that were ruled out never are."""
        rows = [self._candidate(thread) for thread in self.document.candidates]
        header = ("Ref", "Confirmed hypothesis", "Confirmed", "Standing", "Taken up by", "Evidence")
        return table(header, rows) if rows else Md(f"No hypothesis was confirmed{self.or_withheld}.")

    def tree(self) -> Md:
        """The causes as a diagram; empty while nothing but the symptom is known, or no diagrams are wanted."""
        found = causes(self.document)
        return self._drawn(mermaid.tree(found)) if found else Md("")

    def _candidate(self, thread: Thread) -> tuple[Md, ...]:
        ref = thread.entry.ref
        taken = [factor.ref for factor in self.document.factors if _names(factor.text, ref)]
        return (
            inline(ref),
            said(thread.entry),
            self.closed(thread),
            Md("candidate to verify"),
            joined(taken),
            self.words(thread),
        )

    def _factors(self) -> Sequence[Factor]:
        """What was scored 0 was looked at, and is no cause."""
        return [factor for factor in self.document.factors if factor.score != 0]

    def _row(self, layer: Md, factor: Factor) -> tuple[Md, ...]:
        answers = [item.ref for item in self.document.items if factor.ref in item.answers]
        return (
            layer,
            inline(factor.ref),
            Md(FACTOR_CLASSES[factor.factor_class]) if factor.factor_class else UNKNOWN,
            UNKNOWN if factor.score is None else Md(str(factor.score)),
            _standing(factor),
            joined(answers) or Md("no action item"),
            _worded(factor),
        )

    def _factor_lines(self, factors: Iterable[Factor]) -> Md:
        return Md("\n".join(f"- {self._detailed(factor)}" for factor in factors))

    def _detailed(self, factor: Factor) -> Md:
        told = (
            self._layer(factor) or Md(f"layer {UNKNOWN}"),
            Md(FACTOR_CLASSES[factor.factor_class]) if factor.factor_class else Md(f"class {UNKNOWN}"),
            Md(f"score {UNKNOWN if factor.score is None else factor.score}"),
            _standing(factor),
        )
        return Md(f"**{inline(factor.ref)}** {_worded(factor)} ({joined(told, '; ')})")

    def _factor(self, factor: Factor) -> Md:
        layer = self._layer(factor)
        told = (*((layer,) if layer else ()), *((_standing(factor),) if factor.standing == "candidate" else ()))
        return Md(f"{inline(factor.ref)} {_worded(factor)}{f' ({joined(told)})' if told else ''}")

    def _layer(self, factor: Factor) -> Md:
        return Md(next((layer.title.lower() for layer in self.document.layers if layer.key == factor.layer), ""))


def _worded(factor: Factor) -> Md:
    return Md(f"{inline(factor.text)} *({inline(factor.remark)})*") if factor.remark else inline(factor.text)


def _standing(factor: Factor) -> Md:
    return Md("candidate to verify" if factor.standing == "candidate" else "fact")


def _names(text: str, ref: str) -> bool:
    return ref in text.replace("(", " ").replace(")", " ").replace(",", " ").split()
