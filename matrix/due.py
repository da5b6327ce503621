"""due - what a client has to do about what a script of our server says.

A row of [[scenario.due]] is for the hellos that its ``when`` is true of; the first
such row decides.  If there is none, nothing that this client minds is wrong, and the
handshake has to succeed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from matrix.model import VERSION_BY_NUMBER, VERSIONS, Capabilities, Cell, Hello
from matrix.model import Prediction
from matrix.registry import ALERTS

REFUSE, END, GO_ON = "refuse", "end", "go on"
EITHER, RATHER_REFUSE = "either", "rather refuse"
MUSTS = (REFUSE, END, GO_ON, EITHER, RATHER_REFUSE)
WHENS = ("", "1.3", "1.3 only", "no ems")
_NUMBERS = {name: number for number, name in ALERTS.items()}
_KEYS = {"when", "rule", "must", "alert", "fits"}
_TLS_1_3, _EXTENDED_MASTER_SECRET = 0x0304, 23


@dataclass(frozen=True, slots=True)
class Due:
    """One duty: what the rule of that id asks of a client.

    - ``refuse``: end the handshake, with ``alerts[0]`` if it is ``exact``, else with
      one that fits;
    - ``end``: end it, and no alert is asked for;
    - ``go on``: to the message;
    - ``either``: its own choice; ``rather refuse``: so, but going on is a pity.
    """

    rule: str  # the id
    must: str
    when: str = ""  # of which hellos: "1.3" offers it, "1.3 only", "no ems"
    alerts: tuple[int, ...] = ()
    exact: bool = False  # the clause names alerts[0]

    @property
    def clause(self) -> str:
        """ "RFC 8446 4.1.3", out of the rule's id; "" for the suite's own."""
        document, section = self.rule.split("-")[:2]
        if not document.startswith("rfc"):
            return ""
        return f"RFC {document[3:]} {section.upper()}"


def read(rows: Sequence[Mapping[str, Any]]) -> tuple[Due, ...]:
    """The rows of [[scenario.due]].  ValueError naming what is wrong."""
    return tuple(_due(row) for row in rows)


def _due(row: Mapping[str, Any]) -> Due:
    if extra := sorted(set(row) - _KEYS):
        raise ValueError(f"due: {extra[0]!r} is not a key; use {sorted(_KEYS)}")
    when, must = row.get("when", ""), row.get("must", "")
    if when not in WHENS:
        raise ValueError(f"due: when = {when!r}; use one of {list(WHENS)}")
    if must not in MUSTS:
        raise ValueError(f"due: must = {must!r}; use one of {list(MUSTS)}")
    if row.get("rule", "").count("-") < 2:
        raise ValueError(f"due: rule = {row.get('rule', '')!r} is no id of a rule")
    named = [row["alert"]] if "alert" in row else []
    words = [*named, *row.get("fits", ())]
    if wrong := [word for word in words if word not in _NUMBERS]:
        raise ValueError(f"due: there is no alert {wrong[0]!r}")
    if must == REFUSE and not words:
        raise ValueError("due: an alert is missing: alert = or fits =")
    alerts = tuple(_NUMBERS[word] for word in words)
    return Due(row["rule"], must, when, alerts, bool(named))


def decisive(
    dues: Sequence[Due], cell: Cell, client: Capabilities, hello: Hello | None
) -> Due | None:
    """The row that is for this hello; without one, what the client is able to say
    is taken for it."""
    if hello is not None:
        listed = {VERSION_BY_NUMBER.get(n, "") for n in hello.supported_versions}
        ems = _EXTENDED_MASTER_SECRET in dict(hello.extensions)
    else:
        pin = cell.pin("client")
        listed, ems = set((pin,) if pin else client.natural), True
    new = "1.3" in listed
    facts = {
        "": True,
        "1.3": new,
        "1.3 only": new and not listed & set(VERSIONS[:-1]),
        "no ems": not ems,
    }
    return next((due for due in dues if facts[due.when]), None)


def react(
    script: str,
    dues: Sequence[Due],
    cell: Cell,
    client: Capabilities,
    hello: Hello | None,
) -> Prediction:
    """What must come of a script."""
    due = decisive(dues, cell, client, hello)
    if due is None:
        return Prediction("tls", because="nothing is wrong that this client minds")
    what = f"the server's script is {script!r}"
    if due.must == GO_ON:
        words = f"{what}, which is to be taken"
        return Prediction("tls", clause=due.clause, because=words)
    if due.must in (REFUSE, END):
        return Prediction(
            "refused",
            side="client",
            alerts=due.alerts,
            exact=due.exact,
            clause=due.clause,
            because=what,
        )
    choice = "to refuse or not is the client's choice"
    if due.must == RATHER_REFUSE:
        choice = "the client should refuse"
    return Prediction("open", clause=due.clause, because=f"{what}; {choice}")
