"""What a run says for and against a claim."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Mapping, Sequence

from standing import (
    BROKEN,
    CONTRARY,
    FORM,
    LIBRARY,
    OLD_TLS,
    PLAIN,
    REPLAY,
    ROLES,
    SETS,
    SSLV2,
    V1,
    WORKING,
    cell,
    hello,
    look,
    record,
    run_of,
    seen,
    server,
    store_of,
    works,
)

from matrix.claims import pair, witness
from matrix.claims.enumerate import claim
from matrix.claims.gathering import gather
from matrix.claims.witness import NO_RUN, Evidence
from matrix.model import Cell
from matrix.model import Judgement, Peer, Run
from matrix.store import Store


def told_of(
    client: str, other: str, seen_: Evidence, strict: bool = False
) -> witness.Testimony:
    chosen = SETS[client], SETS[other]
    made = claim(*chosen, "must", strict)
    return witness.testify(made, witness.cast(chosen, "must", strict), seen_)


def test_the_counterexample_of_the_thread_has_its_witness() -> None:
    told = told_of("lastcall-2001", "rfc2487-1999", run_of(BROKEN, WORKING, PLAIN))
    assert told.witnesses("FORM") == (BROKEN,)
    assert told.witnesses("sslv2") == (WORKING,)
    assert told.witnesses("tls") == (PLAIN,)


def test_a_cell_is_no_witness_for_who_would_never_send_its_hello() -> None:
    told = told_of("robust-2001", "rfc2487-1999", run_of(BROKEN, WORKING, PLAIN))
    assert set(told.cells) == {"tls"}
    assert told.witnesses("tls") == (PLAIN,)


def test_a_server_that_must_read_both_forms_is_not_shown_by_one_that_does_not() -> None:
    told = told_of("lastcall-2001", "lastcall-2001", run_of(BROKEN, WORKING, PLAIN))
    assert told.witnesses("sslv2") == (WORKING,)
    assert told.witnesses("tls") == ()


def test_an_older_server_is_no_witness_for_a_newer_rule_set() -> None:
    assert told_of("rfc5246-2008", "bcp195-2022", run_of(PLAIN)).cells["tls"] == ()


def test_who_ends_it_must_be_the_same() -> None:
    id, alert = "upgrade/openssl-3.0/wolfssl-4.6/tls=1.2", 40
    first = hello(version=0x0303)
    refuses = seen(first, "1.2", (("C", 2, alert),))
    insists = replace(LIBRARY, id="openssl-3.0")
    other = look(id, refuses, insists, server("wolfssl-4.6"))
    assert (other.theory.layer, other.theory.side) == ("RI", "client")
    shown = run_of(other)
    assert told_of("bcp195-2022", "rfc5246-2008", shown).witnesses("RI") == (other,)
    # A server that insists is another matter than a client that does.
    assert told_of("rfc5246-2008", "bcp195-2022", shown).witnesses("RI") == ()


def test_a_server_that_was_told_to_insist_is_one_that_does() -> None:
    id = "hello.scsv-none/replay/gnutls-3.7/renegotiation=required"
    first = hello(version=0x0303, suites=(0x2F,))
    made = look(id, seen(first, "", (("S", 2, 40),)), REPLAY, server("gnutls-3.7"))
    assert (made.theory.layer, made.theory.side, made.agrees) == ("RI", "server", True)
    told = told_of("rfc5246-2008", "bcp195-2022", run_of(made))
    assert told.witnesses("RI") == (made,)


def test_read_strictly_the_record_version_must_be_the_same() -> None:
    first = hello(record=0x0300)
    zero = look(OLD_TLS, works(first, "1.0"), LIBRARY, server("mbedtls-2.28"))
    loose = told_of("keith-2001", "rfc2487-1999", run_of(zero))
    assert loose.witnesses("tls") == (zero,)
    assert told_of("keith-2001", "rfc2487-1999", run_of(zero), True).cells == {
        "tls": ()
    }


def test_a_contradiction_is_found_and_told() -> None:
    told = told_of("lastcall-2001", "rfc2487-1999", run_of(CONTRARY))
    assert told.contradictions() == (CONTRARY,) and told.witnesses("FORM") == ()
    text = "\n".join(pair.lines(told, run_of(CONTRARY), "must"))
    assert f"CONTRADICTED BY {FORM}" in " ".join(text.split())


def test_cells_between_others_programs_are_named_first() -> None:
    own = replace(PLAIN, cell="hello.x/replay/mbedtls-2.28", own="client")
    alone = replace(PLAIN, cell="upgrade/mbedtls-2.28/mbedtls-2.28/tls=1.0")
    told = told_of("keith-2001", "rfc2487-1999", run_of(own, alone, PLAIN))
    assert told.witnesses("tls") == (PLAIN, alone, own)


def test_no_witness_is_said_plainly() -> None:
    told = told_of("lastcall-2001", "rfc2487-1999", run_of(PLAIN))
    lines = list(pair.lines(told, run_of(PLAIN), "must"))
    assert "  seen    no witness in this run" in lines
    lines = list(
        pair.lines(told_of("keith-2001", "keith-2001", NO_RUN), NO_RUN, "must")
    )
    assert any("no run to look into" in line for line in lines)


def test_the_lines_of_a_pair_keep_to_their_width_unless_an_id_is_longer() -> None:
    told = told_of("lastcall-2001", "rfc2487-1999", run_of(BROKEN, WORKING, PLAIN))
    for line in pair.lines(told, run_of(BROKEN, WORKING, PLAIN), "must"):
        assert line.isascii()
        assert len(line) <= 78 or len(line.split()) == 1


# A run file.


def test_a_run_file_is_read(tmp_path: Path) -> None:
    store = Store.open(store_of(tmp_path))
    found, _ = gather(store, ROLES, (), "made up")
    store.close()
    assert [(s.cell, s.client.hello, s.agrees) for s in found.shown] == [
        (FORM, "V1", True)
    ]
    assert found.waiting == 1
    assert not found.differing


class Made:
    """A run in memory, with a client that goes on in clear."""

    def __init__(self, text: str, id: str, judged: Mapping[str, Judgement]) -> None:
        self.text, self.id, self.judged = text, id, judged

    def cells(self) -> Sequence[Cell]:
        return [cell(self.id)]

    def peers(self) -> Sequence[Peer]:
        return [LIBRARY, server("mbedtls-2.28")]

    def run(self, cell: str) -> Run | None:
        return Run(cell, self.text, self.text, 0.0, 1.0)

    def judgements(self) -> Mapping[str, Judgement]:
        return self.judged


def test_a_peer_that_the_run_does_not_know_is_said(tmp_path: Path) -> None:
    text = record("1", SSLV2)
    found, _ = gather(Made(text, f"{V1}/replay/gone-1", {}), ROLES, (), "x")
    assert list(found.mute.values()) == ["a peer of it is not in the run"]
