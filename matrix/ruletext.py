"""ruletext - a file of TOML with the lines of its keys, so that a mistake can be
shown where it is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Sequence

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]*", re.ASCII)
_TABLE = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_.-]+))\s*=""")


class Mistake(ValueError):
    """One line: file, line, key, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One file as read."""

    name: str
    table: Mapping[str, Any]
    lines: tuple[str, ...]

    def mistake(self, key: str, words: str) -> Mistake:
        """What is wrong at a key, "client.hello.V1"; words say what to do."""
        line = self._line(key)
        where = f"{self.name}, line {line}" if line else self.name
        return Mistake(f"{where}: {key}: {words}" if key else f"{where}: {words}")

    def _line(self, key: str) -> int:
        """The line of a key, or of what it should be in; 0 none."""
        table, found, nearest = "", 0, ""
        for number, line in enumerate(self.lines, 1):
            if head := _TABLE.fullmatch(line):
                table = re.sub(r"[\"' ]", "", head[1])
                path = table
            elif given := _KEY.match(line):
                path = ".".join(filter(None, (table, *given.groups())))
            else:
                continue
            if path == key or re.search(rf"= *\"{re.escape(key)}\"", line):
                return number
            if key.startswith(f"{path}.") and len(path) > len(nearest):
                found, nearest = number, path
        return found

    def rows(self, key: str) -> list[Any]:
        """The rows of an array of tables; [] if it is not there."""
        rows = self.table.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            raise self.mistake(key, f"write it as [[{key}]]")
        return rows

    def only(self, table: Any, keys: Iterable[str], where: str) -> Mapping[str, Any]:
        """The table, if it is one and has no other keys than these."""
        if not isinstance(table, dict):
            raise self.mistake(where, f"write it as a table: [{where}]")
        known = tuple(keys)
        for key in table:
            if key not in known:
                path = f"{where}.{key}" if where else key
                raise self.mistake(path, f"not a key; there are: {' '.join(known)}")
        return table

    def text(self, key: str, check: Callable[[str], bool] = bool) -> str:
        """A key of the file itself that must be there."""
        value = self.table.get(key)
        if value is None:
            raise self.mistake("", f"{key} = ... is missing")
        if not isinstance(value, str) or not check(value):
            raise self.mistake(key, f"{value!r} is no {key}")
        return value

    def strings(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """A list of strings; () if it is not there."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.mistake(key, 'write a list of strings: ["...", "..."]')
        return tuple(value)

    def one_of(self, value: Any, where: str, values: Sequence[str]) -> str:
        """A value that must be one of these."""
        if value not in values:
            raise self.mistake(where, f"{value!r}; use one of: {' '.join(values)}")
        return str(value)

    def date(self, value: str) -> str:
        """A date, exact as far as it is known: "2001", "2001-08", "2001-08-31"."""
        if not _DATE.fullmatch(value):
            raise self.mistake("date", f"{value!r} is no date: 2001, 2001-08")
        return value


def is_name(value: str) -> bool:
    """Is it a name: a-z, 0-9, '.', '+' and '-'?"""
    return bool(_NAME.fullmatch(value))


def read(file: Path) -> Source:
    """Reads a file.  Raises Mistake if it is not there or no TOML."""
    try:
        text = file.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise Mistake(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Mistake(f"{file.name}: not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise Mistake(f"{file.name}: {error}") from None
    return Source(file.name, table, tuple(text.splitlines()))
