"""certificates - the set is whole, signed as it should be, and made anew in time."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import SubjectAlternativeName as SubjectAltName

from matrix.certificates import FILES, NAMED, REMAKE, ensure


FORM = PublicFormat.SubjectPublicKeyInfo


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure(tmp_path_factory.mktemp("made") / "certs")


def read(pki: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((pki / name).read_bytes())


def verify(authority: Path, leaf: Path) -> int:
    words = ["openssl", "verify", "-x509_strict", "-verify_hostname", "mx.example"]
    words += ["-purpose", "sslserver", "-CAfile", str(authority), str(leaf)]
    return subprocess.run(words, capture_output=True).returncode


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_each_leaf_is_signed_by_its_authority_only(pki: Path, kind: str) -> None:
    other = "ecdsa" if kind == "rsa" else "rsa"
    assert verify(pki / f"ca-{kind}.pem", pki / f"{kind}.pem") == 0
    assert verify(pki / f"ca-{other}.pem", pki / f"{kind}.pem") != 0
    assert verify(pki / "ca-other.pem", pki / f"{kind}.pem") != 0


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_each_key_belongs_to_its_leaf(pki: Path, kind: str) -> None:
    text = (pki / f"{kind}.key").read_bytes()
    assert text.startswith(b"-----BEGIN PRIVATE KEY-----")  # PKCS #8, in clear
    key = load_pem_private_key(text, None)
    assert isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
    numbers = key.public_key().public_numbers()
    leaf = read(pki, f"{kind}.pem").public_key()
    assert isinstance(leaf, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey))
    assert numbers == leaf.public_numbers()


def test_it_is_valid_now_and_for_less_than_a_year_more(pki: Path) -> None:
    now = datetime.datetime.utcnow()
    for name in FILES:
        if name.endswith(".pem"):
            leaf = read(pki, name)
            assert leaf.not_valid_before < now - datetime.timedelta(hours=23)
            assert leaf.not_valid_after > now + datetime.timedelta(days=363)


def test_a_good_set_is_kept(pki: Path) -> None:
    before = {name: (pki / name).read_bytes() for name in FILES}
    ensure(pki)
    assert before == {name: (pki / name).read_bytes() for name in FILES}


@pytest.mark.parametrize("spoil", ["missing", "damaged", "old"])
def test_a_set_that_is_not_good_is_replaced_as_a_whole(
    pki: Path, tmp_path: Path, spoil: str
) -> None:
    mine = tmp_path / "certs"
    shutil.copytree(pki, mine)
    now = datetime.datetime.now(datetime.timezone.utc)
    if spoil == "missing":
        (mine / "ecdsa.key").unlink()
    elif spoil == "damaged":
        (mine / "rsa.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\n")
    else:
        now += REMAKE
    ensure(mine, now)
    assert sorted(path.name for path in mine.iterdir()) == sorted(FILES)
    for name in FILES:
        assert (mine / name).read_bytes() != (pki / name).read_bytes()
    assert [path.name for path in tmp_path.iterdir() if "." in path.name] == [
        "certs.lock"
    ]


@pytest.mark.parametrize("word", NAMED)
def test_a_named_leaf_has_its_names_and_the_first_key(pki: Path, word: str) -> None:
    leaf, common = read(pki, f"name-{word}.pem"), NAMED[word][0]
    keys = [each.public_key() for each in (leaf, read(pki, "rsa.pem"))]
    assert len({key.public_bytes(Encoding.PEM, FORM) for key in keys}) == 1
    assert leaf.subject.rfc4514_string() == f"CN={common}"
    found = [e for e in leaf.extensions if isinstance(e.value, SubjectAltName)]
    assert [tuple(e.value) for e in found] == (
        [NAMED[word][1]] if NAMED[word][1] else []
    )
    words = ["openssl", "verify", "-x509_strict", "-CAfile", str(pki / "ca-rsa.pem")]
    words.append(str(pki / f"name-{word}.pem"))
    assert subprocess.run(words, capture_output=True).returncode == 0
