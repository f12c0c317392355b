"""Makes damaged and hostile workbooks out of whole ones, each from a number."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping

Parts = dict[str, bytes]
Change = Callable[[random.Random, Parts], None]
_TAG = re.compile(rb"<[A-Za-z][^<>]*?>")
_VALUE = re.compile(rb'="([^"]*)"')
VALUES = (
    b"", b"-1", b"0", b"1e308", b"NaN", b"99999999999999999999", b"A1:XFD1048576", b"#REF!",
    b"true", b"../../../etc/passwd", b"http://localhost:9/x", b"rId99", b"\xef\xbf\xbf",
    b"x" * 40_000, b"_x0000_", b"=" * 300, b"'" * 99, b"[1]S!A1", b"((((" * 200, b"&#x202E;",
)  # fmt: skip
"""What takes the place of an attribute's or element's value."""


def hostile(number: int, parts: Mapping[str, bytes]) -> bytes:
    """Make a file: one to three changes of parts, or of the finished zip's bytes."""
    draw = random.Random(number)
    changed = dict(parts)
    for _ in range(draw.randint(1, 3)):
        if changed:
            draw.choice(CHANGES)(draw, changed)
    content = _packed(changed)
    return draw.choice(BYTES)(draw, content) if draw.random() < 0.3 else content


def _packed(parts: Parts) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


# Bytes of the file -------------------------------------------------------------------------------


def _flip(draw: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(draw.randint(1, 20)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _cut(draw: random.Random, content: bytes) -> bytes:
    return content[: draw.randrange(len(content))]


def _drop(draw: random.Random, content: bytes) -> bytes:
    at = draw.randrange(len(content))
    return content[:at] + content[at + draw.randint(1, 200) :]


def _double(draw: random.Random, content: bytes) -> bytes:
    return content + content[draw.randrange(len(content)) :]


BYTES: tuple[Callable[[random.Random, bytes], bytes], ...] = (_flip, _cut, _drop, _double)


# Parts -------------------------------------------------------------------------------------------


def _any(draw: random.Random, parts: Parts) -> str:
    # sheets are most of a file: half of the changes are to the other parts
    small = [name for name in parts if "worksheets/sheet" not in name]
    return draw.choice(small or list(parts)) if draw.random() < 0.5 else draw.choice(list(parts))


def _cut_part(draw: random.Random, parts: Parts) -> None:
    name = _any(draw, parts)
    parts[name] = parts[name][: draw.randint(0, len(parts[name]))]


def _delete_part(draw: random.Random, parts: Parts) -> None:
    del parts[_any(draw, parts)]


def _swap_parts(draw: random.Random, parts: Parts) -> None:
    one, other = _any(draw, parts), _any(draw, parts)
    parts[one], parts[other] = parts[other], parts[one]


def _encode_part(draw: random.Random, parts: Parts) -> None:
    name = _any(draw, parts)
    text = parts[name].decode("utf-8", "replace")
    parts[name] = text.encode(draw.choice(["utf-16", "utf-16-be", "utf-32", "latin-1"]), "replace")


def _noise(draw: random.Random, parts: Parts) -> None:
    parts[_any(draw, parts)] = draw.randbytes(draw.randint(0, 5_000))


# Structure ---------------------------------------------------------------------------------------


def _tag(draw: random.Random, parts: Parts) -> tuple[str, re.Match[bytes]] | None:
    name = _any(draw, parts)
    tags = list(_TAG.finditer(parts[name]))
    return (name, draw.choice(tags)) if tags else None


def _repeat_tag(draw: random.Random, parts: Parts) -> None:
    if found := _tag(draw, parts):
        name, tag = found
        many = tag[0] * draw.choice([1, 10, 1_000, 50_000])
        parts[name] = parts[name][: tag.end()] + many + parts[name][tag.end() :]


def _delete_tag(draw: random.Random, parts: Parts) -> None:
    if found := _tag(draw, parts):
        name, tag = found
        parts[name] = parts[name][: tag.start()] + parts[name][tag.end() :]


def _change_attribute(draw: random.Random, parts: Parts) -> None:
    if found := _tag(draw, parts):
        name, tag = found
        values = list(_VALUE.finditer(tag[0]))
        if values:
            value = draw.choice(values)
            start, end = tag.start() + value.start(1), tag.start() + value.end(1)
            parts[name] = parts[name][:start] + draw.choice(VALUES) + parts[name][end:]


def _change_text(draw: random.Random, parts: Parts) -> None:
    if found := _tag(draw, parts):
        name, tag = found
        end = parts[name].find(b"<", tag.end())
        if end > 0:
            parts[name] = parts[name][: tag.end()] + draw.choice(VALUES) + parts[name][end:]


def _repeat_block(draw: random.Random, parts: Parts) -> None:
    if found := _tag(draw, parts):
        name, tag = found
        word = re.match(rb"<([\w:]+)", tag[0])
        assert word is not None
        end = parts[name].find(b"</" + word[1] + b">", tag.end())
        if end > 0:
            block = parts[name][tag.start() : end + len(word[1]) + 3]
            most = max(1, min(20_000, 30_000_000 // len(block)))
            many = block * draw.choice([1, 2, min(100, most), most])
            parts[name] = parts[name][: tag.start()] + many + parts[name][tag.start() :]


CHANGES: tuple[Change, ...] = (
    _cut_part, _delete_part, _swap_parts, _encode_part, _noise,
    *(2 * (_repeat_tag, _delete_tag, _change_attribute, _change_text, _repeat_block)),
)  # fmt: skip
