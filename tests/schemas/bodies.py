"""Valid bodies and their mutations: the corpus of the admission law."""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from schemas.ids import event_id
from tests.schemas.valid import SHAPES, Json, write
from tests.schemas.values import TEXT_VALUES, VALUES, Raw


class Case(NamedTuple):
    """One body and what was done to it."""

    label: str
    body: bytes


def _bytes(event: Json) -> bytes:
    return write(event).encode("utf-8", "surrogatepass")


def identified(event: Json) -> Json:
    """The same with its id derived anew, so that only the rule that is meant is broken."""
    try:
        kind = str(event["type"]).rsplit(".", 2)[-2]
        derived = event_id(str(event["source"]), str(event["data"]["source_transaction_id"]), kind)
    except (IndexError, UnicodeEncodeError):
        return event
    return event | {"id": str(derived)}


def field_cases(event: Json, values: Sequence[str] = VALUES) -> Iterator[Case]:
    """Every field of the envelope and of data with each of these values."""
    for value in values:
        for name in event:
            changed = event | {name: value}
            yield Case(f"{name}={value!r:.60}", _bytes(changed))
            if name in ("source", "type") and not isinstance(value, Raw):
                yield Case(f"{name}={value!r:.60} identified", _bytes(identified(changed)))
        for name in event["data"]:
            changed = event | {"data": event["data"] | {name: value}}
            if name == "source_transaction_id" and not isinstance(value, Raw):
                changed = identified(changed)
            yield Case(f"data.{name}={value!r:.60}", _bytes(changed))


def shape_cases(event: Json) -> Iterator[Case]:
    """Keys missing, extra, repeated, reordered, escaped; spaces, junk, other encodings."""
    body = _bytes(event)
    data = event["data"]
    for name in event:
        yield Case(f"without {name}", _bytes({k: v for k, v in event.items() if k != name}))
        yield Case(f"twice {name}", body[:-1] + f',"{name}":{write(event[name])}}}'.encode())
        yield Case(f"escaped {name}", body.replace(f'"{name}"'.encode(), _escaped(name), 1))
        yield Case(f"{name} last", _bytes(_moved(event, name)))
    for name in data:
        less = {k: v for k, v in data.items() if k != name}
        yield Case(f"without data.{name}", _bytes(event | {"data": less}))
        twice = write(data)[:-1] + f',"{name}":{write(data[name])}}}'
        yield Case(f"twice data.{name}", _bytes(event | {"data": Raw(twice)}))
        yield Case(f"escaped data.{name}", body.replace(f'"{name}"'.encode(), _escaped(name), 1))
        yield Case(f"data.{name} last", _bytes(event | {"data": _moved(data, name)}))
    for extra in ("subject", "datacontenttype", "Time", "x", ""):
        yield Case(f"extra {extra}", _bytes(event | {extra: "x"}))
        yield Case(f"extra data.{extra}", _bytes(event | {"data": data | {extra: None}}))
    yield Case("data first", _bytes({"data": data} | event))
    spaced = (
        b" ",
        b"\n",
        b"\r\n",
        b"\t",
        b"\0",
        b"x",
        b"}",
        b"{}",
        b",",
        b"\xef\xbb\xbf",
        b"\xff",
        body,
    )
    for blank in spaced:
        yield Case(f"before {blank[:9]!r}", blank + body)
        yield Case(f"after {blank[:9]!r}", body + blank)
        yield Case(f"inside {blank[:9]!r}", body.replace(b",", b"," + blank, 1))
        yield Case(f"after a colon {blank[:9]!r}", body.replace(b":", b":" + blank, 1))
    yield Case("escaped slash", body.replace(b"/", b"\\/"))
    yield Case("indented", json.dumps(event, indent=1, ensure_ascii=False).encode())
    yield Case("ascii", json.dumps(event, separators=(",", ":")).encode())
    yield Case("spaced", json.dumps(event, ensure_ascii=False).encode())
    yield Case("utf-16", write(event).encode("utf-16"))
    yield Case("utf-16-le", write(event).encode("utf-16-le"))
    yield Case("upper", write(event).upper().encode())
    yield Case("cut", body[: len(body) // 2])
    yield Case("list", b"[" + body + b"]")
    yield Case("string", json.dumps(write(event)).encode())
    nfd = unicodedata.normalize("NFD", write(event)).encode()
    yield Case("NFD", nfd)


def _escaped(name: str) -> bytes:
    return f'"\\u{ord(name[0]):04x}{name[1:]}"'.encode()


def _moved(keys: Json, name: str) -> Json:
    return {k: v for k, v in keys.items() if k != name} | {name: keys[name]}


def whole_cases() -> Iterator[Case]:
    """Bodies that are no event at all."""
    for text in (
        "",
        " ",
        "\0",
        "null",
        "true",
        "5",
        "5.0",
        '""',
        "[]",
        "{}",
        "[{}]",
        "NaN",
        "{",
        "}",
    ):
        yield Case(f"whole {text!r}", text.encode())
    for depth in (10, 100, 199, 200, 201, 500, 1023, 1024, 1025, 5_000, 20_000):
        yield Case(f"{depth} lists", b"[" * depth + b"]" * depth)
        yield Case(f"{depth} objects", b'{"data":' * depth + b"1" + b"}" * depth)
        yield Case(f"{depth} open lists", b"[" * depth)
    yield Case("2 MB of blanks", b" " * (2 << 20))
    yield Case("2 MB of text", b'{"specversion":"' + b"x" * (2 << 20) + b'"}')
    yield Case("bytes", bytes(range(256)))


def sized_cases(event: Json) -> Iterator[Case]:
    """Bodies around the largest size: padded in a field, and with blanks at the end."""
    for size in (65_535, 65_536, 65_537, 2 << 20):
        body = _bytes(event)
        yield Case(f"{size} bytes with blanks", body + b" " * (size - len(body)))
        field = next(name for name in ("text", "note", "why") if name in event["data"])
        padded = event | {"data": event["data"] | {field: ""}}
        lack = size - len(_bytes(padded))
        padded["data"][field] = "x" * lack
        yield Case(f"{size} bytes of {field}", _bytes(padded))


def text_cases(event: Json) -> Iterator[Case]:
    """Every control character in every form, in the fields of text."""
    for name in ("text", "name", "note", "profile", "why"):
        if name in event["data"]:
            for value in TEXT_VALUES:
                yield Case(
                    f"data.{name}={value!r}",
                    _bytes(event | {"data": event["data"] | {name: value}}),
                )


def corpus(shape: str, seed: int) -> list[Case]:
    """The whole corpus of one shape: valid ones between all the mutations, in a shuffled order."""
    rng = Random(seed)
    make, kinds = SHAPES[shape]
    cases = list(whole_cases())
    for number, kind in enumerate(kinds):
        cases += [Case("valid", _bytes(make(rng, kind))) for _ in range(100)]
        cases += field_cases(make(rng, kind), VALUES[number % 2 :: 2])
        cases += shape_cases(make(rng, kind))
        cases += byte_cases(rng, [_bytes(make(rng, kind)) for _ in range(20)], each=20)
    for kind in (kinds[0], kinds[-1]):
        cases += sized_cases(make(rng, kind))
        cases += text_cases(make(rng, kind))
    rng.shuffle(cases)
    return cases


def byte_cases(rng: Random, bodies: list[bytes], *, each: int) -> Iterator[Case]:
    """Bytes replaced, put in, taken out, swapped, at random places."""
    for body in bodies:
        for _ in range(each):
            broken = bytearray(body)
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                place = rng.randrange(len(broken))
                match rng.randrange(5):
                    case 0:
                        broken[place] = rng.randrange(256)
                    case 1:
                        broken.insert(place, rng.choice(b' ",:{}[]0159.eE+-\\/\n\x00\x7f\xff'))
                    case 2:
                        del broken[place]
                    case 3:
                        broken[place] ^= 1 << rng.randrange(8)
                    case _:
                        end = min(len(broken), place + rng.randrange(1, 9))
                        broken[place:end] = broken[place:end][::-1]
            yield Case("bytes", bytes(broken))
