"""Puts an own model into its workbook, as a part of custom XML, which Excel keeps as it is."""

from __future__ import annotations

from lxml import etree

from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.own_model import CARRIED
from xl_cryptoai.workbook.package import (
    OF_WORKBOOK,
    OFFICE_RELATIONS,
    RELATIONSHIPS,
    Parts,
    declare_part,
    to_xml,
)

ITEM, ITEM_PROPERTIES = "customXml/item1.xml", "customXml/itemProps1.xml"
_ITEM_RELATIONS = "customXml/_rels/item1.xml.rels"
_STORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_ITEM_ID = "{5B1D2C0E-7A64-4E0B-9C1C-2F6E5D3A8B47}"
"""By this Excel tells parts of custom XML apart; a workbook has one of ours."""


def add_model(parts: Parts, model: Model) -> None:
    """Add the text of an own model to a workbook's parts; the shipped model has none.

    Parameters
    ----------
    parts : dict of str to bytes
        Changed in place.
    model : Model
        Of the workbook.
    """
    if not model.text:
        return
    root = etree.Element(f"{{{CARRIED}}}model", nsmap=_default(CARRIED))
    root.set("title", model.title)
    root.set("fingerprint", model.fingerprint)
    root.text = model.text
    parts[ITEM] = to_xml(root)
    properties = etree.Element(f"{{{_STORE}}}datastoreItem", nsmap={"ds": _STORE})
    properties.set(f"{{{_STORE}}}itemID", _ITEM_ID)
    references = etree.SubElement(properties, f"{{{_STORE}}}schemaRefs")
    etree.SubElement(references, f"{{{_STORE}}}schemaRef", {f"{{{_STORE}}}uri": CARRIED})
    parts[ITEM_PROPERTIES] = to_xml(properties)
    declare_part(parts, ITEM_PROPERTIES, _PROPERTIES_TYPE)
    own = etree.Element(f"{{{RELATIONSHIPS}}}Relationships", nsmap=_default(RELATIONSHIPS))
    _relate(own, "customXmlProps", "itemProps1.xml")
    parts[_ITEM_RELATIONS] = to_xml(own)
    book = etree.fromstring(parts[OF_WORKBOOK])
    _relate(book, "customXml", f"../{ITEM}")
    parts[OF_WORKBOOK] = to_xml(book)


def _relate(relations: etree._Element, kind: str, target: str) -> None:
    taken = {one.get("Id") for one in relations}
    free = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
    etree.SubElement(
        relations,
        f"{{{RELATIONSHIPS}}}Relationship",
        Id=free,
        Type=f"{OFFICE_RELATIONS}/{kind}",
        Target=target,
    )


def _default(namespace: str) -> dict[str, str]:
    """Return the map that makes a namespace the default one."""
    return {None: namespace}  # type: ignore[dict-item]  # the types do not know it
