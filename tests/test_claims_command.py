"""How claims are told on a terminal: ./interop claims."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from standing import CONTRARY, FORM, run_of, store_of

from matrix.claims.price import NO_PRICE
from matrix.claims.witness import Evidence
from matrix.commands import claims as claims_command
from matrix.complaint import Complaint
from matrix.places import Places
from matrix.store import Store

# The command.


def arguments(**given: object) -> argparse.Namespace:
    known: dict[str, object] = {
        "client": None,
        "server": None,
        "level": "must",
        "strict_record_version": False,
        "rules": [],
        "run": None,
    }
    return argparse.Namespace(**{**known, **given})


def test_without_a_run_the_command_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert claims_command.main(Places(build=tmp_path), arguments()) == 0
    out = capsys.readouterr().out
    assert "SOME(FORM)" in out and "No run to hold this against" in out
    assert out.isascii()


def test_a_pair_with_its_witness(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = {"client": "lastcall-2001", "server": "rfc2487-1999"}
    given = arguments(run=store_of(tmp_path), **chosen)
    assert claims_command.main(Places(), given) == 0
    out = capsys.readouterr().out
    assert out.startswith("lastcall-2001 clients and rfc2487-1999 servers: SOME(FORM)")
    flat = " ".join(out.split())
    assert FORM in out and "our own program" in flat
    assert f"FORM, mandatory: the mail was kept in 1 of 1 cells, {FORM}" in flat
    assert "what the SSLv2 form cannot ask for" in flat
    assert "No cell of a run shows it here." in flat


def test_a_disagreement_comes_first_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        claims_command, "_gather", lambda *_: (run_of(CONTRARY), NO_PRICE)
    )
    assert claims_command.main(Places(build=tmp_path), arguments()) == 1
    assert capsys.readouterr().out.startswith(f"DISAGREEMENT in {FORM}\n")


def test_one_that_is_known_does_not_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    explained = Evidence("a run", (CONTRARY,), known={FORM: "a bug of theirs"})
    monkeypatch.setattr(claims_command, "_gather", lambda *_: (explained, NO_PRICE))
    assert claims_command.main(Places(build=tmp_path), arguments()) == 0
    assert "(known: a bug of theirs)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "given, said",
    [
        ({"client": "lastcall-2001"}, "a pair needs both"),
        (
            {"client": "lastcall", "server": "keith-2001"},
            "no rule set 'lastcall'; nearest: lastcall-2001",
        ),
    ],
)
def test_what_is_not_there(given: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(Complaint) as caught:
        claims_command.main(Places(build=tmp_path), arguments(**given))
    assert str(caught.value).startswith(said) and caught.value.status == 2


def test_rules_that_nobody_can_follow(tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_text(
        'name = "draft"\ntitle = "x"\ndate = "2026"\nbased-on = "bcp195-2022"\n'
        '[client.hello]\n"*" = "must-not"\n'
    )
    with pytest.raises(Complaint, match="'draft': no client can follow it"):
        claims_command.main(Places(build=tmp_path), arguments(rules=[draft]))


def test_a_draft_of_one_s_own_is_in_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_text(
        'name = "draft"\ntitle = "x"\ndate = "2026"\nbased-on = "keith-2001"\n'
        '[server.hello]\n"*" = "must"\n'
    )
    assert claims_command.main(Places(build=tmp_path), arguments(rules=[draft])) == 0
    out = capsys.readouterr().out
    (row,) = [line for line in out.splitlines() if line.startswith("draft ")]
    assert row.split()[1] == "ALL"
    assert "robust-2001, draft" in out
    told = out.split("\ndraft: x\n")[1]
    assert "    ALL   rfc2487-1999; keith-2001;" in told
    assert told.endswith("met: it works with itself, and with old ones\n")


def test_a_draft_that_breaks_old_servers_is_told_how(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_text(
        'name = "draft"\ntitle = "x"\ndate = "2026"\nbased-on = "lastcall-2001"\n'
    )
    claims_command.main(Places(build=tmp_path), arguments(rules=[draft]))
    told = capsys.readouterr().out.split("\ndraft: x\n")[1]
    assert "the challenge of 2001: not met;" in told
    assert "draft clients and rfc2487-1999 servers: SOME(FORM)" in told
    assert "an SSLv2-form hello of version 3.1 (V1)" in told


def test_a_draft_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="gone.toml: No such file") as caught:
        claims_command.main(
            Places(build=tmp_path), arguments(rules=[tmp_path / "gone.toml"])
        )
    assert caught.value.status == 2


def test_a_run_of_other_cells_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.db"
    Store.create(path, [], [], {"run": "made up"}).close()
    assert claims_command.main(Places(build=tmp_path), arguments(run=path)) == 0
    assert "It has other cells only" in capsys.readouterr().out
