"""Hostile text: everything that one format or another would carry out instead of showing it."""

from __future__ import annotations

import random
import unicodedata

from hypothesis import strategies as st

CONTROLS = "".join(map(chr, (*range(0x20), 0x7F, *range(0x80, 0xA0))))
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = "\u00ad\u034f\u115f\u180e\u200b\u2028\u2029\u2060\u2062\u3164\ufeff\ufff9\uffa0\U000e0001\U000e0041"
SEQUENCES = (
    "\x1b[2J\x1b[H",
    "\x1b[31;47m",
    "\x1b[6n",
    "\x1b[?1049l",
    "\x1b[201~",
    "\x1b[A\r",
    "\x1b]52;c;cm0gLXJm\x07",
    "\x1b]52;c;?\x1b\\",
    "\x1b]0;owned\x07",
    "\x1b]2;owned\x1b\\",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]1337;File=inline=1:AAAA\x07",
    "\x1bP+q544e\x1b\\",
    "\x1b_Gf=100;AAAA\x1b\\",
    "\x1bc",
    "\x1b(0",
    "\x1b\x1b\x1b[",
    "\x9b2J",
    "\x9d52;c;AAAA\x9c",
    "\x90q\x9c",
    "\x0e\x0f\x05",
)
"""What a terminal obeys."""

MARKUP = (
    "[/",
    "[/]",
    "[bold]x[/bold]",
    "[@click=app.quit]x[/]",
    "[link=https://evil.example]x[/link]",
    "[red on blue",
    "\\[bold]",
    "$primary",
)
"""What Textual and Rich would obey."""

MARKDOWN = (
    "a | b || c \\| d",
    "| --- | --- |",
    "``` sh",
    "~~~",
    "`code` ``two",
    "# heading",
    "Setext\n=====",
    "> quote",
    "- [ ] task",
    "1. one",
    "***",
    "    indented code",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](vbscript:msgbox)",
    "![x](https://evil.example/track.png)",
    "![x][y]",
    "[x][y]",
    "[y]: javascript:alert(1) 'title'",
    "[^1]: foot",
    "<javascript:alert(1)>",
    "<me@evil.example>",
    "www.evil.example",
    "https://evil.example/<script>",
    "https://evil.example/%0d%0aX: y",
    "https://user:pass@evil.example/\u202egnp.exe",
    "*em* __strong__ ~~gone~~ a_b_",
    "&lt;script&gt; &#60;b&#62; &Tab; &colon;",
    "\\",
    "$x$ $$y$$",
    "@everyone #1 GH-1",
)
"""What Markdown, or a site that shows it, would obey."""

HTML = (
    "<script>alert(1)</script>",
    "<SCRIPT\n>alert(1)</SCRIPT\n>",
    "</title></style></svg></textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>*{display:none}</style>",
    "<p style='position:fixed;inset:0'>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<!-- gone",
    "<![CDATA[ gone",
    "<?php gone ?>",
    "--><b>",
    "<plaintext>",
)
FORMULAS = (
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "+1",
    "-1+1|cmd",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
    "'=1",
    '"=1',
    ";=1",
    ",=1",
    "=cmd|' /C calc'!A0",
    "%0A=1",
)
"""What a spreadsheet would work out."""

BREAKERS = (
    '"}],"x":[{"',
    '\\u0000 \\" \\',
    "BEGIN:VEVENT\r\nX:Y",
    "x\r\nATTENDEE:mailto:a@evil.example",
    "a;b,c:d\\n",
    "--> C",
    "%%{init: {'theme':'x'}}%%",
    "%% comment",
    'click A href "javascript:alert(1)"',
    "end; section x",
    "x :crit, a1, 2020-01-01, 1d",
    "#quot;#35;",
    "{{ doc.__class__ }}",
    "{% include '/etc/passwd' %}",
    "{# gone",
    "{0.__class__} %s %(x)s ${x} $(id) `id`",
    "; rm -rf / | tee & wait",
    "..\\..\\x ../../etc/passwd",
    "~/x",
    "-rf",
    "con",
)
"""What JSON, iCalendar, Mermaid, templates, shells and file systems would obey."""

WIDE = (
    "결제가 느려요 決済 全角　空白",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇰🇷 1️⃣",
    "e" + "\u0301" * 300,
    "\u0e33\u0eb3 \u17b4 \u1ada",
    "می‌خواهم مرحبا שלום",
    "\ue000 \U000f0000 \U0010fffd",
    "\u0378 \ufdd0 \uffff \U0010ffff",
    "𝕏 ﷽ ꧅",
)
LONG = ("x" * 5000, "word " * 1200, "漢" * 3000, "\n".join(map(str, range(800))))

HOSTILE: tuple[str, ...] = (
    *CONTROLS,
    *BIDI,
    *INVISIBLE,
    *SEQUENCES,
    *MARKUP,
    *MARKDOWN,
    *HTML,
    *FORMULAS,
    *BREAKERS,
    *WIDE,
    *LONG,
    "\ud800",
    "\udc00x\ud83d",
    "",
    " ",
    "\n\n",
)
"""One of each; lone surrogates among them, as a terminal or a shell may hand them on."""

SHORT = tuple(value for value in HOSTILE if len(value) < 400)


def mixed(random: random.Random, *, most: int = 4) -> str:
    """Several of them in one text, with something harmless between, at the beginning or at the end."""
    parts = [random.choice(SHORT) for _ in range(random.randint(1, most))]
    parts += [random.choice(["x", "checkout", "5xx at 12 %", " ", "\n", ""]) for _ in range(random.randint(0, 2))]
    random.shuffle(parts)
    return random.choice(["", " ", "\n"]).join(parts)


hostile = st.sampled_from(SHORT) | st.lists(st.sampled_from(SHORT) | st.characters(exclude_categories=[])).map("".join)


_ACTING = ("Cc", "Cs", "Cn", "Zl", "Zp")


def escapes(text: str) -> list[str]:
    """The characters of a text that a terminal would obey, that turn it round or that hide; a line end is none."""
    marks = BIDI + INVISIBLE
    return [char for char in text if char != "\n" and (char in marks or unicodedata.category(char) in _ACTING)]
