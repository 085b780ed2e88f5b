"""Write vmcp-signatures.json anew; the keys are kept, so that only what changed shows up in a diff.

The signed texts of ``valid`` are written by hand in here, so that the file does not merely repeat what our code does.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

sys.path.insert(0, str(Path(__file__).parents[2] / "host"))

from cvmwebapi import website
from cvmwebapi.vmcp import canonical

FILE = Path(__file__).with_name("vmcp-signatures.json")
SALT = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-9"

VALID: list[tuple[str, str, str, dict[str, Any], str]] = [
    (
        "the worked vector of the specification, under a short salt",
        "rsa",
        "SALT",
        {"name": "My first VM", "ram": 128, "flags": 49, "userData": "[a]\nb=c d/é~"},
        "flags=49\nname=My%20first%20VM\nram=128\nuserdata=%5Ba%5D%0Ab%3Dc%20d%2F%C3%A9~\nSALT",
    ),
    (
        "keys sort by byte value as they are written: upper case before lower case, digits before letters",
        "rsa",
        SALT,
        {"alpha": "a", "Zulu": "z", "9lives": "9", "_under": "_", "beta": "b", "Alpine": "A"},
        f"9lives=9\nalpine=A\nzulu=z\n_under=_\nalpha=a\nbeta=b\n{SALT}",
    ),
    (
        "integers, digit strings and booleans",
        "rsa",
        SALT,
        {"name": "n", "secret": "s", "cpus": "2", "memory": 2048, "on": True, "off": False, "minus": -7, "zero": 0},
        f"cpus=2\nmemory=2048\nminus=-7\nname=n\noff=0\non=1\nsecret=s\nzero=0\n{SALT}",
    ),
    (
        "every kind of character; capitals in hex digits; only A-Z a-z 0-9 - _ . ~ stay",
        "rsa",
        SALT,
        {"text": "AZaz09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}\t\r\n\x00\x7f", "wide": "é€𝄞", "empty": ""},
        "empty=\ntext=AZaz09-_.~%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D"
        f"%09%0D%0A%00%7F\nwide=%C3%A9%E2%82%AC%F0%9D%84%9E\n{SALT}",
    ),
    (
        "the same letter in two encodings is two texts: nothing is normalized",
        "rsa",
        SALT,
        {"composed": "\u00e9", "decomposed": "e\u0301"},
        f"composed=%C3%A9\ndecomposed=e%CC%81\n{SALT}",
    ),
    (
        "RSA-PSS names itself in the signed text",
        "rsa-pss-sha512",
        SALT,
        {"name": "n", "secret": "s", "signatureAlgorithm": "rsa-pss-sha512"},
        f"name=n\nsecret=s\nsignaturealgorithm=rsa-pss-sha512\n{SALT}",
    ),
    (
        "Ed25519",
        "ed25519",
        SALT,
        {"name": "n", "secret": "s", "signatureAlgorithm": "ed25519"},
        f"name=n\nsecret=s\nsignaturealgorithm=ed25519\n{SALT}",
    ),
]


def main() -> None:
    keys = _keys()
    private = {name: website.load_key(pair["private"].encode()) for name, pair in keys.items()}
    valid = []
    for description, kind, salt, parameters, text in VALID:
        key = "ed25519" if kind == "ed25519" else "rsa"
        assert canonical.signed_text(parameters, salt).decode() == text, description
        algorithm = None if kind == "rsa" else kind
        answer = website.sign(parameters, salt, private[key], algorithm)
        valid.append(
            {
                "description": description,
                "key": key,
                "deterministic": kind != "rsa-pss-sha512",
                "salt": salt,
                "parameters": parameters,
                "signedText": text,
                "signature": answer["signature"],
            }
        )
    invalid = [
        {"why": why, "key": key, "salt": SALT, "answer": body, "code": code}
        for why, key, body, code in _invalid(private)
    ]
    content = {"keys": keys, "valid": valid, "invalid": invalid}
    FILE.write_text(json.dumps(content, indent=1, ensure_ascii=True) + "\n", "ascii")


def _keys() -> dict[str, dict[str, str]]:
    if FILE.exists():
        kept: dict[str, dict[str, str]] = json.loads(FILE.read_text("ascii"))["keys"]
        return kept
    made = {"rsa": website.generate_key(bits=2048), "ed25519": website.generate_key("ed25519")}
    return {
        name: {"private": website.private_pem(key).decode(), "public": website.public_pem(key).decode()}
        for name, key in made.items()
    }


def _appended(key: website.PrivateKey) -> list[tuple[str, str]]:
    """What a signer that takes any salt signs for who sends it lines as part of the salt."""
    disk = {"diskChecksum": "ab" * 32, "diskURL": "https://evil.example/disk"}
    genuine = {"memory": 512, "name": "n", "secret": "s"}
    shouted = {name.upper(): value for name, value in genuine.items()}

    def signed(parameters: dict[str, Any], text: str) -> str:
        assert isinstance(key, rsa.RSAPrivateKey)
        made = key.sign(f"{text}{SALT}".encode(), padding.PKCS1v15(), hashes.SHA512())
        return json.dumps({**parameters, "signature": base64.b64encode(made).decode()})

    own = "memory=512\nname=n\nsecret=s\n"
    image = f"diskchecksum={'ab' * 32}\ndiskurl=https%3A%2F%2Fevil.example%2Fdisk\n"
    return [
        ("a disk, the genuine keys in capitals", signed({**shouted, **disk, "flags": 2}, f"{own}{image}flags=2\n")),
        ("flags, the genuine keys in capitals", signed({**shouted, "flags": 64}, f"{own}flags=64\n")),
        (
            "flags, each genuine key with one capital",
            signed({"Memory": 512, "Name": "n", "Secret": "s", "flags": 64}, f"{own}flags=64\n"),
        ),
        (
            "flags, a single genuine key in front",
            signed(
                {"Secret": "s", "flags": 64, "memory": 512, "name": "n"}, "secret=s\nflags=64\nmemory=512\nname=n\n"
            ),
        ),
        (
            "another name for the processors",
            signed({**shouted, "cpus": 1, "vcpus": "1"}, f"{own}cpus=1\nvcpus=1\n"),
        ),
        (
            "what the page may replace, below keys that nobody knows",
            signed({**shouted, "Zzz": "", "canOverride": "memory"}, f"{own}zzz=\ncanoverride=memory\n"),
        ),
    ]


def _invalid(keys: dict[str, website.PrivateKey]) -> list[tuple[str, str, str, int]]:
    good = website.sign({"name": "n", "secret": "s", "memory": 512}, SALT, keys["rsa"])
    pss = website.sign({"name": "n", "secret": "s"}, SALT, keys["rsa"], "rsa-pss-sha512")
    other_salt = website.sign({"name": "n", "secret": "s", "memory": 512}, SALT[::-1], keys["rsa"])

    def body(base: dict[str, Any], **changes: Any) -> str:
        return json.dumps({**base, **changes})

    def without(base: dict[str, Any], key: str) -> str:
        return json.dumps({name: value for name, value in base.items() if name != key})

    return [
        ("signed over another salt: a replay", "rsa", body(other_salt), -12),
        ("a value was changed", "rsa", body(good, memory=513), -12),
        ("a key was added", "rsa", body(good, cpus=8), -12),
        ("a key was dropped", "rsa", without(good, "memory"), -12),
        ("no signature", "rsa", without(good, "signature"), -99),
        ("an empty signature", "rsa", body(good, signature=""), -99),
        ("a signature that is not base64", "rsa", body(good, signature="!!!"), -12),
        ("a signature that is a number", "rsa", body(good, signature=1), -12),
        ("a signature cut short", "rsa", body(good, signature=good["signature"][:64]), -12),
        ("the name of the algorithm was dropped", "rsa", without(pss, "signatureAlgorithm"), -12),
        ("the name of the algorithm was added", "rsa", body(good, signatureAlgorithm="rsa-sha512"), -12),
        ("the name of the algorithm was changed", "rsa", body(pss, signatureAlgorithm="rsa-sha512"), -12),
        ("an algorithm that the key does not have", "rsa", body(good, signatureAlgorithm="ed25519"), -12),
        ("an algorithm that nobody knows", "rsa", body(good, signatureAlgorithm="none"), -12),
        ("another key's signature", "ed25519", body(good), -12),
        *[(f"signed lines of a stranger's: {why}", "rsa", text, -12) for why, text in _appended(keys["rsa"])],
        ("a fraction", "rsa", body(good, memory=512.0), -12),
        ("null", "rsa", body(good, userData=None), -12),
        ("a list", "rsa", body(good, canOverride=["cpus"]), -12),
        ("an object", "rsa", body(good, extra={"a": 1}), -12),
        ("an integer beyond 2**53 - 1", "rsa", body(good, memory=2**53), -12),
        ("two keys that differ by case alone", "rsa", body(good, NAME="n"), -12),
        ("two signatures that differ by case alone", "rsa", body(good, Signature=good["signature"]), -12),
        ("an equals sign in a key", "rsa", body(good, **{"a=b": "c"}), -12),
        ("a line feed in a key", "rsa", body(good, **{"a\nb": "c"}), -12),
        ("a key that is not ASCII", "rsa", body(good, **{"\u212alvin": "c"}), -12),
        ("half a character", "rsa", body(good)[:-1] + ', "userData": "\\ud800"}', -12),
        ("a key twice", "rsa", body(good)[:-1] + ', "name": "n"}', -5),
        ("NaN", "rsa", body(good)[:-1] + ', "cpus": NaN}', -5),
        ("a list instead of an object", "rsa", "[" + body(good) + "]", -5),
        ("text behind the object", "rsa", body(good) + "x", -5),
        ("nothing", "rsa", "", -5),
    ]


if __name__ == "__main__":
    main()
