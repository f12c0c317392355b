"""The zip that a workbook is: parts, relationships and content types, behind every limit.

The directory is looked at before anything is unpacked; a part is unpacked and checked when it is
asked for. A part that nobody asks for decides nothing.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, NoReturn
from urllib.parse import unquote

from lxml import etree

from xl_cryptoai.errors import FileRefusedError

MEBIBYTE = 2**20
MAX_FILE = 20 * MEBIBYTE
MAX_UNPACKED = 40 * MEBIBYTE
"""Size of all parts together that are read."""
MAX_UNREAD = 256 * MEBIBYTE
"""Size up to which parts may be packed by any ratio, as long as nobody reads them."""
MAX_RATIO = 200
"""How much smaller than its content a packed file may be; real workbooks stay below 30."""
MAX_MEMBERS = 1_000
MAX_TAGS = 1_500_000
"""XML tags in all parts together that are read, closing ones too."""
MAX_ATTRIBUTES = 10_000
"""Attributes of one XML tag: parsers keep them all at once."""
MAX_LENGTH = MEBIBYTE
"""Letters of one XML tag and the text behind it; the longest text of a cell has 32,767."""

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Element = etree._Element

_DIRECTORY_ENTRY = b"PK\x01\x02"
_OLE = b"\xd0\xcf\x11\xe0"
_LONG = re.compile(rb"<[^<]{20000,}")
"""A tag and the text behind it, if they are long enough for more attributes than that."""
_HEAD = re.compile(rb"\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")
_STRICT = re.compile(
    rb"""(xmlns(?::[\w.-]+)?\s*=\s*)(["'])http://purl\.oclc\.org/ooxml/(\w+)/(\w+)\2"""
)
_BOMS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\0\0\0<", b"<\0\0\0")
_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}


class Relationship(NamedTuple):
    """What a part refers to.

    Attributes
    ----------
    kind : str
        Last word of its type, such as "worksheet": the same in Transitional and Strict files.
    target : str
        Name of a part, or an address if the target is outside the file.
    external : bool
        Whether it is outside.
    """

    kind: str
    target: str
    external: bool


class Package:
    """A zip file whose directory has passed the look at it.

    Attributes
    ----------
    path : Path
        Where it was read from.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = self._tags = self._unpacked = 0
        self._relationships: dict[str, dict[str, Relationship]] = {}
        content = self._content()
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            members = self._archive.infolist()
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise FileRefusedError(
                f"{path} is damaged or no workbook ({error}); open it in Excel and save it as .xlsx"
            ) from None
        self._check_directory(members)
        self._members = {_key(member.filename): member for member in members}

    def refuse(
        self, reason: str, advice: str = "it is not opened: save it anew in Excel"
    ) -> NoReturn:
        """Refuse the file.

        Raises
        ------
        FileRefusedError
            Always: a sentence with the file, the reason and what to do.
        """
        raise FileRefusedError(f"{self.path}{reason}; {advice}")

    def damaged(self, part: str, reason: object) -> NoReturn:
        """Refuse the file because of a damaged part."""
        self.refuse(f": part {part} is damaged ({reason})", "open it in Excel and save it again")

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._members

    def part(self, name: str) -> bytes:
        """A part as XML in UTF-8 with Transitional namespaces.

        Nothing is kept: who needs a part twice keeps what was read from it.
        """
        return self._checked(name, self._unpack(name))

    def tree(self, name: str) -> Element:
        """Root of a part."""
        return self.parse(name, self.part(name))

    def parse(self, name: str, content: bytes) -> Element:
        """Root of a part that has been read already."""
        try:
            return etree.fromstring(content, _parser())
        except (etree.XMLSyntaxError, ValueError) as error:
            self.damaged(name, error)

    def relationships(self, name: str) -> dict[str, Relationship]:
        """What a part refers to, by id; the package itself is ""."""
        if name not in self._relationships:
            self._relationships[name] = self._read_relationships(name)
        return self._relationships[name]

    def related(self, name: str, kind: str) -> list[str]:
        """Parts of a kind to which a part refers, as far as the file holds them."""
        found = self.relationships(name).values()
        return [one.target for one in found if one.kind == kind and one.target in self]

    def _read_relationships(self, name: str) -> dict[str, Relationship]:
        folder, _, file = name.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        found: dict[str, Relationship] = {}
        for one in self.tree(rels) if rels in self else ():
            kind = one.get("Type", "").rstrip("/").rpartition("/")[2]
            target, external = one.get("Target", ""), one.get("TargetMode") == "External"
            if not external:
                target = _resolve(folder, target)
            found[one.get("Id", "")] = Relationship(kind, target, external)
        return found

    @cached_property
    def content_types(self) -> dict[str, str]:
        """Content type of each part that the file lists by name, by lower-case name."""
        if "[Content_Types].xml" not in self:
            return {}
        return {
            _key(unquote(one.get("PartName", ""))): one.get("ContentType", "")
            for one in self.tree("[Content_Types].xml")
            if etree.QName(one).localname == "Override"
        }

    def of_type(self, ending: str) -> str:
        """Name of the first part whose content type ends so; "" if there is none."""
        names = (name for name, kind in self.content_types.items() if kind.endswith(ending))
        return next((name for name in names if name in self), "")

    def _content(self) -> bytes:
        try:
            if not self.path.is_file():
                self.refuse(" is no file", "give the path of a workbook")
            if self.path.stat().st_size > MAX_FILE:
                self.refuse(
                    f" is larger than {MAX_FILE // MEBIBYTE} MB",
                    "it is not opened: delete sheets or pictures that nobody needs",
                )
            content = self.path.read_bytes()
        except OSError as error:
            self.refuse(
                f" cannot be read ({error.strerror or error})", "close it elsewhere or copy it"
            )
        if content.startswith(_OLE):
            self.refuse(
                " is encrypted or an old .xls", "save it as .xlsx or .xlsm without a password"
            )
        if not content.startswith(b"PK"):
            self.refuse(" is no workbook", "give an .xlsx or .xlsm file")
        members = content.count(_DIRECTORY_ENTRY)  # zipfile makes an object of each right away
        if members > MAX_MEMBERS:
            self.refuse(f" has {members:,} parts; a workbook has at most {MAX_MEMBERS:,}")
        self._size = len(content)
        return content

    def _check_directory(self, members: list[zipfile.ZipInfo]) -> None:
        """Refuse by the directory alone: nothing has been unpacked yet."""
        unpacked = sum(member.file_size for member in members)
        methods = {member.compress_type for member in members}
        names: set[str] = set()
        for member in members:
            key = _key(member.filename)
            if key in names:
                self.refuse(f" has two parts called {key}")
            names.add(key)
        if len(members) > MAX_MEMBERS:
            self.refuse(f" has {len(members):,} parts; a workbook has at most {MAX_MEMBERS:,}")
        if any(member.flag_bits & 1 for member in members):
            self.refuse(" has encrypted parts")
        if methods - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            self.refuse(" is packed by a method that no spreadsheet writes")
        # what nobody reads is never unpacked: only a file that is nothing but a bomb is refused
        if unpacked > max(MAX_UNREAD, MAX_RATIO * self._size):
            self.refuse(f" unpacks from {self._size:,} to {unpacked:,} bytes")

    def _unpack(self, name: str) -> bytes:
        """Unpack one part, and not more of it than the directory says: that may be a lie."""
        member = self._members.get(_key(name))
        if member is None:
            self.refuse(f": part {name} is missing", "open it in Excel and save it again")
        self._unpacked += member.file_size
        if self._unpacked > min(MAX_UNPACKED, MAX_RATIO * self._size):
            self.refuse(f" unpacks from {self._size:,} to {self._unpacked:,} bytes or more")
        try:
            with self._archive.open(member) as stream:
                return stream.read(member.file_size + 1)
        except Exception as error:  # zlib.error, BadZipFile and their like
            self.refuse(f": part {name} is damaged ({error})", "take an undamaged copy")

    def _checked(self, name: str, part: bytes) -> bytes:
        part = self._as_utf8(name, part)
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
            self.refuse(f": part {name} declares a document type, which no spreadsheet writes")
        for found in _LONG.finditer(part):
            if found[0].count(b"=") > MAX_ATTRIBUTES:
                self.refuse(f": part {name} has more than {MAX_ATTRIBUTES:,} attributes in one tag")
            if len(found[0]) > MAX_LENGTH:
                self.refuse(f": part {name} has a text of more than {MAX_LENGTH:,} letters")
        self._tags += part.count(b"<")
        if self._tags > MAX_TAGS:
            self.refuse(f" has more than {MAX_TAGS:,} XML tags")
        return _STRICT.sub(_transitional, part) if b"http://purl.oclc.org" in part else part

    def _as_utf8(self, name: str, part: bytes) -> bytes:
        """Part in UTF-8: what is searched for below would not be recognised in 16 bits."""
        if part.startswith(_BOMS):
            self.refuse(f": part {name} is in UTF-32, which no spreadsheet writes")
        code = _UTF16.get(part[:2])
        if code is not None:
            try:
                part = part.decode(code).encode()
            except UnicodeError as error:
                self.damaged(name, error)
            return _HEAD.sub(b"", part, count=1)
        part = part.removeprefix(b"\xef\xbb\xbf")
        encoding = _ENCODING.match(part[:200])
        if encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
            self.refuse(
                f": part {name} is encoded in {encoding[1].decode('latin-1')}, "
                "which no spreadsheet writes"
            )
        return part


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )


def _key(name: str) -> str:
    """Name by which a part is found: without regard to case, as in every spreadsheet."""
    return unquote(name).replace("\\", "/").lstrip("/").lower()


def _resolve(folder: str, target: str) -> str:
    target = unquote(target.partition("#")[0]).replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _transitional(match: re.Match[bytes]) -> bytes:
    start, quote, area, name = match.groups()
    if name == b"extendedProperties":
        name = b"extended-properties"
    return b"".join(
        (start, quote, b"http://schemas.openxmlformats.org/", area, b"/2006/", name, quote)
    )
