"""escape - makes what peers say harmless on a terminal and in Markdown.

HTML is escaped by Jinja's autoescape; it still goes through ``plain`` first, so
that a page shows a control character instead of swallowing it.
"""

from __future__ import annotations

import re

# Everything that a terminal or a reader could take for something else: controls
# (C0, DEL, C1), and the characters that change the direction of text or are
# invisible.  str.isprintable() is false for all of them.
_NAMED = {"\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\"}
_MARKDOWN = re.compile(r"[\\`*\[\]|~#]|(?<!\w)_|_(?!\w)")
# The last two make a link of themselves.
_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "://": "&#58;//",
    "www.": "www&#46;",
}


def octets(data: bytes) -> str:
    """Octets as a line of ASCII: what is not printable becomes \\r, \\n, \\xHH."""
    text = data.decode("latin-1")
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    return "".join(_octet(char) for char in text)


def plain(text: str) -> str:
    """Text as one line without control, invisible or turning characters."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _hidden(c) for c in text)


def markdown(text: str) -> str:
    """Text for a sentence or a table cell of Markdown: nothing in it is markup."""
    text = plain(text)
    text = _MARKDOWN.sub(lambda found: "\\" + found.group(), text)
    for word, entity in _ENTITIES.items():
        text = text.replace(word, entity)
    return text


def code(text: str) -> str:
    """Text as a Markdown code span that also holds inside a table."""
    return "`" + plain(text).replace("`", "'").replace("|", "\\|") + "`"


def _octet(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    return char if " " <= char < "\x7f" else f"\\x{ord(char):02x}"


def _hidden(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    number = ord(char)
    return f"\\x{number:02x}" if number < 256 else f"\\u{{{number:x}}}"
