"""The manifest of the Office.js add-in, by the rules of Microsoft's documentation.

Microsoft's own validator is a service on the internet, so what it would refuse is checked here: the
order of elements, ids and lengths of resources, https addresses, icons and their sizes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from engines import browser as browsers
from engines import require
from engines import server as servers
from engines.browser import Browser
from engines.server import Server
from xl_cryptoai_server import project as projects
from xl_cryptoai_server.icons import ICONS, SIZES, icon
from xl_cryptoai_server.project import PANE
from xl_cryptoai_server.ribbon import BUTTONS, manifest_version

OFFICE = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
OVERRIDES = "{http://schemas.microsoft.com/office/taskpaneappversionoverrides}"
BASIC = "{http://schemas.microsoft.com/office/officeappbasictypes/1.0}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

# learn.microsoft.com/javascript/api/manifest: child elements in the order of the schema
ORDER = {
    f"{OFFICE}OfficeApp": "Id AlternateId Version ProviderName DefaultLocale DisplayName "
    "Description IconUrl HighResolutionIconUrl SupportUrl AppDomains Hosts Requirements "
    "DefaultSettings Permissions VersionOverrides",
    f"{OVERRIDES}VersionOverrides": "Description Requirements Hosts Resources WebApplicationInfo",
    f"{OVERRIDES}Host": "Runtimes AllFormFactors DesktopFormFactor",
    f"{OVERRIDES}DesktopFormFactor": "GetStarted FunctionFile ExtensionPoint",
    f"{OVERRIDES}GetStarted": "Title Description LearnMoreUrl",
    f"{OVERRIDES}CustomTab": "Group Label",
    f"{OVERRIDES}Group": "Label Icon Control",
    f"{OVERRIDES}Control": "Label Supertip Icon Action",
    f"{OVERRIDES}Supertip": "Title Description",
    f"{OVERRIDES}Resources": "Images Urls ShortStrings LongStrings",
}
LONGEST = {"Images": 2048, "Urls": 2048, "ShortStrings": 125, "LongStrings": 250}
ICONS_WANTED = {"16", "32", "80"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    require(servers.available())
    with Server(environment={"XLWINGS_HOSTNAME": "cai.firm.example"}) as running:
        yield running


@pytest.fixture(scope="module")
def manifest(server: Server) -> ElementTree.Element:
    return ElementTree.fromstring(server.manifest())


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def resources(manifest: ElementTree.Element) -> dict[str, dict[str, str]]:
    """The values of the resources by kind and id."""
    root = manifest.find(f".//{OVERRIDES}Resources")
    assert root is not None
    return {
        local(group.tag): {one.attrib["id"]: one.attrib["DefaultValue"] for one in group}
        for group in root
    }


def test_it_names_the_add_in_its_provider_and_a_version_from_1_on(manifest) -> None:
    def text(name: str) -> str:
        found = manifest.find(f"{OFFICE}{name}")
        assert found is not None
        return found.get("DefaultValue") or found.text or ""

    assert text("Id") == projects.MANIFEST_ID
    assert text("DisplayName") == "Crypto AI forecast"
    assert text("ProviderName") == "xl-cryptoai"
    assert text("Version") == manifest_version()
    assert re.fullmatch(r"1(\.\d+){3}", text("Version"))
    assert len(text("DisplayName")) <= 125 and len(text("Description")) <= 250
    assert text("SupportUrl") == "https://cai.firm.example/"
    assert text("Permissions") == "ReadWriteDocument"


def test_elements_stand_in_the_order_of_the_schema(manifest) -> None:
    seen = set()
    for element in manifest.iter():
        if element.tag in ORDER:
            seen.add(element.tag)
            order = ORDER[element.tag].split()
            places = [order.index(local(child.tag)) for child in element]
            assert places == sorted(places), element.tag
    assert seen == ORDER.keys()


def test_what_the_add_in_needs_of_excel_is_required(manifest) -> None:
    sets = {one.get("Name"): one.get("MinVersion") for one in manifest.iter(f"{OFFICE}Set")}
    assert sets == {"SharedRuntime": "1.1", "CustomFunctionsRuntime": "1.1"}


def test_ids_are_unique_and_resources_are_used_and_within_their_lengths(manifest) -> None:
    found = resources(manifest)
    names = [name for group in found.values() for name in group]
    assert len(names) == len({*names})
    assert max(map(len, names)) <= 32
    for group, values in found.items():
        assert all(0 < len(value) <= LONGEST[group] for value in values.values()), group
    used = {element.attrib["resid"] for element in manifest.iter() if "resid" in element.attrib}
    assert used == {*names}
    ids = [one.attrib["id"] for one in manifest.iter() if "id" in one.attrib]
    assert len(ids) == len({*ids})


@pytest.mark.parametrize(
    ("tags", "group"),
    [
        ("Icon/Image", "Images"), ("Runtime", "Urls"), ("SourceLocation", "Urls"),
        ("FunctionFile", "Urls"), ("LearnMoreUrl", "Urls"), ("Label", "ShortStrings"),
        ("Title", "ShortStrings"), ("Namespace", "ShortStrings"), ("Description", "LongStrings"),
    ],
)  # fmt: skip
def test_every_reference_is_to_a_resource_of_its_kind(manifest, tags, group) -> None:
    tag = tags.rpartition("/")[2]
    found = [one.attrib["resid"] for one in manifest.iter()
             if local(one.tag) == tag and "resid" in one.attrib]  # fmt: skip
    assert found
    assert {*found} <= resources(manifest)[group].keys()


def test_all_pages_are_one_since_a_shared_runtime_has_one_task_pane(manifest) -> None:
    pages = [one.attrib["resid"] for tag in ("Runtime", "FunctionFile", "Page/", "Action/")
             for one in _pages(manifest, tag)]  # fmt: skip
    assert len(pages) == 4
    assert {*pages} == {"Pane.Url"}


def _pages(manifest: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    if tag.endswith("/"):
        return manifest.findall(f".//{OVERRIDES}{tag[:-1]}/{OVERRIDES}SourceLocation")
    return manifest.findall(f".//{OVERRIDES}{tag}")


def test_every_address_is_https_of_the_server_and_is_served(server, manifest) -> None:
    found = resources(manifest)
    addresses = [*found["Images"].values(), *found["Urls"].values()]
    addresses += [
        one.attrib["DefaultValue"]
        for name in ("IconUrl", "HighResolutionIconUrl", "SupportUrl", "SourceLocation")
        for one in manifest.iter(f"{OFFICE}{name}")
    ]
    assert len(addresses) == 12 + 4 + 4
    for address in addresses:
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc) == ("https", "cai.firm.example")
        assert _answer(server, parts.path).startswith(b"HTTP/1.1 200 OK"), address


def _answer(server: Server, path: str) -> bytes:
    return server.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())


def test_every_icon_is_a_png_of_its_size_and_may_be_kept(server, manifest) -> None:
    images = resources(manifest)["Images"]
    sizes = {name: int(name.rpartition(".")[2]) for name in images}
    images |= {tag: manifest.find(f"{OFFICE}{tag}").attrib["DefaultValue"]
               for tag in ("IconUrl", "HighResolutionIconUrl")}  # fmt: skip
    sizes |= {"IconUrl": 32, "HighResolutionIconUrl": 64}
    for name, address in images.items():
        head, _, picture = _answer(server, urlsplit(address).path).partition(b"\r\n\r\n")
        assert struct.unpack(">8x4x4sII", picture[:24]) == (b"IHDR", sizes[name], sizes[name])
        assert b"cache-control" not in head.lower()  # Office shows no icon that it may not keep


def test_every_icon_on_the_ribbon_has_the_three_sizes_that_excel_asks_for(manifest) -> None:
    icons = [*manifest.iter(f"{OVERRIDES}Icon")]
    assert len(icons) == 1 + len(BUTTONS)
    for one in icons:
        assert {image.get("size") for image in one.iter(f"{BASIC}Image")} == ICONS_WANTED


def test_the_buttons_open_the_pane_at_their_part(manifest) -> None:
    controls = {
        one.attrib["id"]: one.find(f"{OVERRIDES}Action")
        for one in manifest.iter(f"{OVERRIDES}Control")
    }
    assert [*controls] == [f"CryptoAI.{button.id}" for button in BUTTONS]
    done: dict[str, Any] = {}
    for name, action in controls.items():
        assert action is not None
        done[name] = (action.get(TYPE), action.findtext(f"{OVERRIDES}FunctionName"))
    assert done == {
        "CryptoAI.Open": ("ShowTaskpane", None),
        "CryptoAI.Audit": ("ExecuteFunction", "showAudit"),
        "CryptoAI.Trace": ("ExecuteFunction", "showTrace"),
        "CryptoAI.Simulate": ("ExecuteFunction", "showSimulate"),
    }


def test_every_function_of_a_button_is_in_the_script_and_no_other() -> None:
    script = (PANE / "ribbon.js").read_text("utf-8")
    [listed] = re.findall(r"const PARTS = \{([^}]*)\}", script)
    named = dict(re.findall(r'(\w+): "(\w+)"', listed))
    assert named == {button.function: button.id.lower() for button in BUTTONS if button.function}


def test_a_button_sets_the_part_in_the_address_then_shows_the_pane() -> None:
    require(browsers.available())
    # what Office.js gives to the page, as far as a button uses it
    office = """const known = {}, done = [];
      globalThis.addEventListener("hashchange", () => done.push("part " + location.hash));
      globalThis.Office = {actions: {associate: (name, body) => { known[name] = body; }},
        addin: {showAsTaskpane: async () => { done.push("shown at " + location.hash); }}};"""
    press = """(async () => {
      for (const name of ["showTrace", "showTrace", "showAudit"]) {
        await known[name]({completed: () => done.push("completed")});
        await new Promise((next) => setTimeout(next, 50));
      }
      return done;
    })()"""
    with Browser() as browser:
        page = browser.open("about:blank")
        page.run(office)
        page.run((PANE / "ribbon.js").read_text("utf-8"))
        done = page.run(press)
    at_once, again = ["shown at #trace", "completed"], ["part #trace"]
    assert sorted(done[:3]) == sorted(at_once + again)
    assert done[3:6] == again + at_once  # it is asked for again, though the address stays
    assert sorted(done[6:]) == sorted(["shown at #audit", "completed", "part #audit"])


def test_the_manifest_of_another_environment_says_so() -> None:
    pytest.importorskip("xlwings_server")
    from jinja2 import Environment

    class Settings:
        environment, functions_namespace, project_name = "qa", "cai", "Crypto <AI>"
        static_url_path, auth_providers = "/static", ["entraid"]
        auth_entraid_client_id = "11111111-2222-3333-4444-555555555555"

    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        (PANE / "manifest.xml").read_text("utf-8")
    )
    text = template.render(
        settings=Settings, base_url="https://a.example", base_url_with_app_path="https://a.example",
        manifest_id="x", manifest_version="1.0.0.0", ribbon_buttons=BUTTONS,
    )  # fmt: skip
    root = ElementTree.fromstring(text)
    assert resources(root)["ShortStrings"]["Functions.Namespace"] == "CAI_QA"
    assert 'DefaultValue="Crypto &lt;AI&gt; [qa]"' in text
    assert f"api://a.example/{Settings.auth_entraid_client_id}" in text


@pytest.mark.parametrize("name", ICONS)
@pytest.mark.parametrize("size", SIZES)
def test_an_icon_has_a_clear_corner_and_is_mostly_seen(name, size) -> None:
    import zlib

    picture = icon(name, size)
    packed = picture[picture.index(b"IDAT") + 4 : picture.index(b"IEND") - 8]
    rows = zlib.decompress(packed)
    opacity = [rows[row * (4 * size + 1) + 1 :][3 : 4 * size : 4] for row in range(size)]
    assert len(rows) == size * (4 * size + 1)
    assert opacity[0][0] < 128
    seen = sum(sum(row) for row in opacity) / (255 * size * size)
    assert 0.2 < seen < 0.95
