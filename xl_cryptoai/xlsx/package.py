"""The zip that a workbook is: parts, relationships and content types, behind every limit.

The directory is looked at before anything is unpacked; a part is unpacked and checked when it is
asked for. A part that nobody asks for decides nothing.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, NoReturn
from urllib.parse import unquote

from lxml import etree

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.xlsx.parts import MEBIBYTE, PARSING, Element, UnsafePartError, checked, free

MAX_FILE = 20 * MEBIBYTE
MAX_UNPACKED = 96 * MEBIBYTE
"""Size of all parts together that are read."""
MAX_UNREAD = 256 * MEBIBYTE
"""Size up to which parts may be packed by any ratio, as long as nobody reads them."""
MAX_RATIO = 200
"""How much smaller than its content a packed file may be; real workbooks stay below 30."""
MAX_MEMBERS = 1_000
MAX_TAGS = 7_000_000
"""XML tags in all parts together that are read, closing ones too."""
MAX_PART_TAGS = 200_000
"""XML tags in one part, without rows and cells; styles and shared texts may have more."""
MAX_READS = 5 * MAX_MEMBERS
"""How often parts are read: a part can be named a hundred thousand times."""

_MAY_BE_EXTERNAL = re.compile(rb"External|^\xff\xfe|^\xfe\xff")
"""The mark of a target outside the file, or an encoding in which it is not looked for."""
_DIRECTORY_ENTRY = b"PK\x01\x02"
_OLE = b"\xd0\xcf\x11\xe0"


class Relationship(NamedTuple):
    """What a part refers to.

    Attributes
    ----------
    kind : str
        Last word of its type, such as "worksheet": the same in Transitional and Strict files.
    target : str
        Name of a part, or an address if the target is outside the file.
    external : bool
        Whether the target is outside the file.
    """

    kind: str
    target: str
    external: bool = False


class Package:
    """A zip file whose directory has passed the look at it.

    Attributes
    ----------
    path : Path
        Where it was read from.
    content : bytes, optional
        What stands there, if it is known; by default it is read.
    """

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        self.path = path
        self._size = self._tags = self._unpacked = self._reads = 0
        self._relationships: dict[str, dict[str, Relationship]] = {}
        content = self._read() if content is None else content
        self._content = content
        self._check_content(content)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            members = self._archive.infolist()
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise FileRefusedError(
                f"{path} is damaged or not a workbook ({error}); open it in Excel and save it as "
                ".xlsx"
            ) from None
        self._check_directory(members)
        self._members = {_key(member.filename): member for member in members}

    @property
    def sha256(self) -> str:
        """The file's SHA-256, by which anybody can tell whether theirs is the same file."""
        return hashlib.sha256(self._content).hexdigest()

    @property
    def names(self) -> list[str]:
        """Names of all parts, in the file's order."""
        return self._archive.namelist()

    def refuse(
        self, reason: str, advice: str = "it is not opened: save it again in Excel"
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
        try:
            part = checked(self.unpack(name))
        except UnsafePartError as error:
            self.refuse(f": part {name} {error}")
        self._tags += part.count(b"<")
        if self._tags > MAX_TAGS:
            self.refuse(f" has more than {MAX_TAGS:,} XML tags")
        return part

    def tree(self, name: str, most: int = MAX_PART_TAGS) -> Element:
        """Root of a part with at most so many tags."""
        content = self.part(name)
        if content.count(b"<") > most:
            self.refuse(f": part {name} has more than {most:,} XML tags")
        return self.parse(name, content)

    def parse(self, name: str, content: bytes) -> Element:
        """Root of a part that has been read already."""
        try:
            return etree.fromstring(content, etree.XMLParser(**PARSING))
        except (etree.XMLSyntaxError, ValueError) as error:
            self.damaged(name, error)

    def each(self, name: str, tag: str) -> Iterator[Element]:
        """Elements of a large part, one by one; each is freed when the next is asked for."""
        try:
            for _, element in etree.iterparse(io.BytesIO(self.part(name)), tag=tag, **PARSING):
                yield element
                free(element)
        except etree.XMLSyntaxError as error:
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

    def outside(self) -> Iterator[tuple[str, Relationship]]:
        """Go over all that lies outside the file, each with the part that refers to it."""
        for name in self.names:
            folder, is_relationships, file = name.rpartition("_rels/")
            # a look at the bytes first: most parts refer to nothing outside
            if is_relationships and _MAY_BE_EXTERNAL.search(self.unpack(name)):
                part = f"{folder}{file.removesuffix('.rels')}"
                for one in self.relationships(part).values():
                    if one.external:
                        yield part, one

    def _read_relationships(self, name: str) -> dict[str, Relationship]:
        folder, _, file = name.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        found: dict[str, Relationship] = {}
        for one in self.tree(rels) if rels in self else ():
            kind = one.get("Type", "").rstrip("/").rpartition("/")[2]
            target = one.get("Target", "")
            external = one.get("TargetMode") == "External"
            if not external:
                target = _resolve(folder, target)
            found[one.get("Id", "")] = Relationship(kind, target, external)
        return found

    @cached_property
    def content_types(self) -> dict[str, str]:
        """Content type of each part that the file lists by its name."""
        if "[Content_Types].xml" not in self:
            return {}
        return {
            _key(one.get("PartName", "")): one.get("ContentType", "")
            for one in self.tree("[Content_Types].xml")
            if etree.QName(one).localname == "Override"
        }

    def size_of(self, name: str) -> int:
        """Bytes of a part by the directory; 0 for one that is not there."""
        member = self._members.get(_key(name))
        return 0 if member is None else member.file_size

    def type_of(self, name: str) -> str:
        """Content type that the file lists for a part; "" if it lists none."""
        return self.content_types.get(_key(name), "")

    def of_type(self, ending: str) -> str:
        """Name of the first part whose content type ends so; "" if there is none."""
        names = (name for name, kind in self.content_types.items() if kind.endswith(ending))
        return next((name for name in names if name in self), "")

    def _read(self) -> bytes:
        try:
            if not self.path.is_file():
                self.refuse(" is not a file", "give the path of a workbook")
            if self.path.stat().st_size > MAX_FILE:
                self.refuse(
                    f" is larger than {MAX_FILE // MEBIBYTE} MB",
                    "it is not opened: delete sheets or pictures that are not needed",
                )
            return self.path.read_bytes()
        except OSError as error:
            self.refuse(
                f" cannot be read ({error.strerror or error})", "close it elsewhere or copy it"
            )

    def _check_content(self, content: bytes) -> None:
        if content.startswith(_OLE):
            self.refuse(
                " is encrypted or an old .xls", "save it as .xlsx or .xlsm without a password"
            )
        if not content.startswith(b"PK"):
            self.refuse(" is not a workbook", "give an .xlsx or .xlsm file")
        members = content.count(_DIRECTORY_ENTRY)  # zipfile makes an object of each right away
        if members > MAX_MEMBERS:
            self.refuse(f" has {members:,} parts; a workbook has at most {MAX_MEMBERS:,}")
        self._size = len(content)

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

    def unpack(self, name: str) -> bytes:
        """A part as it is; not more of it than the directory says, which may be a lie."""
        member = self._members.get(_key(name))
        if member is None:
            self.refuse(f": part {name} is missing", "open it in Excel and save it again")
        self._unpacked += member.file_size
        self._reads += 1
        if self._reads > MAX_READS:
            self.refuse(" refers to its parts too often")
        if self._unpacked > min(MAX_UNPACKED, MAX_RATIO * self._size):
            self.refuse(f" unpacks from {self._size:,} to {self._unpacked:,} bytes or more")
        try:
            with self._archive.open(member) as stream:
                return stream.read(member.file_size + 1)
        except Exception as error:  # zlib.error, BadZipFile and their like
            self.refuse(f": part {name} is damaged ({error})", "take an undamaged copy")


def _key(name: str) -> str:
    """Name by which a part is found: without regard to case, as in every spreadsheet."""
    return unquote(name).replace("\\", "/").lstrip("/").lower()


def _resolve(folder: str, target: str) -> str:
    target = unquote(target.partition("#")[0]).replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
