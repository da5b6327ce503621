"""certificates - makes the test authorities and server certificates of a run.

    python3 -m matrix.certificates FOLDER

leaves ``ca-rsa.pem``, ``rsa.pem``, ``rsa.key`` (2048 bits), ``ca-ecdsa.pem``,
``ecdsa.pem``, ``ecdsa.key`` (P-256), ``ca-other.pem``, an authority that signed
neither, and ``name-WORD.pem``, leaves of the first key and authority that name the
server in ways of their own (NAMED).  They are for one machine and one year, and
protect nothing.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Mapping, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER_NAME = "mx.example"
_SERVER = x509.DNSName(SERVER_NAME)
# Leaves for OTHER_NAME: the common name, and what the subjectAltName has.
OTHER_NAME = "mx.test.example"
NAMED: Mapping[str, tuple[str, tuple[x509.GeneralName, ...]]] = {
    "wildcard": ("nobody", (x509.DNSName("*.test.example"),)),
    "wildcard-inside": ("nobody", (x509.DNSName("mx.*.example"),)),
    "wildcard-part": ("nobody", (x509.DNSName("m*.test.example"),)),
    "other": (OTHER_NAME, (x509.DNSName("other.test.example"),)),
    "uri": ("nobody", (x509.UniformResourceIdentifier(f"https://{OTHER_NAME}/"),)),
    "common": (OTHER_NAME, ()),
}
FILES = (
    "ca-rsa.pem",
    "rsa.pem",
    "rsa.key",
    "ca-ecdsa.pem",
    "ecdsa.pem",
    "ecdsa.key",
    "ca-other.pem",
    *(f"name-{word}.pem" for word in NAMED),
)
LIFE = datetime.timedelta(days=365)
REMAKE = datetime.timedelta(days=300)  # well before they expire in somebody's run

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def ensure(folder: Path, now: datetime.datetime | None = None) -> Path:
    """The folder, with all FILES in it and none older than 300 days.

    The set is replaced as a whole, so that a certificate never stands beside an
    authority that did not sign it.  OSError if the folder cannot be written.
    """
    now = now or datetime.datetime.now(datetime.timezone.utc)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(folder.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _fresh(folder, now):
            _replace(folder, _make(now))
    return folder


def _fresh(folder: Path, now: datetime.datetime) -> bool:
    try:
        octets = {name: (folder / name).read_bytes() for name in FILES}
        leaves = [
            x509.load_pem_x509_certificate(octets[f]) for f in octets if "pem" in f
        ]
    except (OSError, ValueError):
        return False
    naive = now.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return all(
        leaf.not_valid_before <= naive < leaf.not_valid_before + REMAKE
        for leaf in leaves
    )


def _replace(folder: Path, files: Mapping[str, bytes]) -> None:
    made = Path(tempfile.mkdtemp(prefix=folder.name + ".", dir=folder.parent))
    made.chmod(0o755)
    for name, octets in files.items():
        (made / name).write_bytes(octets)
    if folder.exists():
        aside = Path(tempfile.mkdtemp(prefix=folder.name + ".", dir=folder.parent))
        os.rename(folder, aside / "old")
        os.rename(made, folder)
        shutil.rmtree(aside)
    else:
        os.rename(made, folder)


def _make(now: datetime.datetime) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for kind in ("rsa", "ecdsa"):
        authority, leaf = _key(kind), _key(kind)
        name = _name(f"STARTTLS interop test authority ({kind})")
        files[f"ca-{kind}.pem"] = _pem(_authority(name, authority, now))
        files[f"{kind}.pem"] = _pem(
            _leaf(leaf, name, authority, now, SERVER_NAME, (_SERVER,))
        )
        for word, (common, others) in NAMED.items() if kind == "rsa" else ():
            named = _leaf(leaf, name, authority, now, common, others)
            files[f"name-{word}.pem"] = _pem(named)
        files[f"{kind}.key"] = leaf.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    other = _name("STARTTLS interop other authority")
    files["ca-other.pem"] = _pem(_authority(other, _key("ecdsa"), now))
    return files


def _key(kind: str) -> Key:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _usage(*uses: str) -> x509.KeyUsage:
    return x509.KeyUsage(
        **{
            use: use in uses
            for use in (
                "digital_signature",
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            )
        }
    )


def _begin(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime.datetime
) -> x509.CertificateBuilder:
    # RFC 5280 4.2.1.2: the subject key identifier names the key.
    first = now - datetime.timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(first + LIFE)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False
        )
    )


def _authority(name: x509.Name, key: Key, now: datetime.datetime) -> x509.Certificate:
    return (
        _begin(name, name, key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), True)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    key: Key,
    issuer: x509.Name,
    authority: Key,
    now: datetime.datetime,
    common: str,
    others: Sequence[x509.GeneralName],
) -> x509.Certificate:
    uses = ["digital_signature"]
    if isinstance(key, rsa.RSAPrivateKey):
        uses.append("key_encipherment")  # for RSA key exchange, TLS 1.0 to 1.2
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        authority.public_key()
    )
    leaf = (
        _begin(_name(common), issuer, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(_usage(*uses), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(identifier, False)
    )
    if others:
        leaf = leaf.add_extension(x509.SubjectAlternativeName(others), False)
    return leaf.sign(authority, hashes.SHA256())


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: python3 -m matrix.certificates FOLDER")
    ensure(Path(sys.argv[1]))
