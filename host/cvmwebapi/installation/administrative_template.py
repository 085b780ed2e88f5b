"""The administrative template of group policies (ADMX and its English texts, ADML), from the settings themselves.

Format: https://learn.microsoft.com/previous-versions/windows/desktop/Policy/schema-root
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cvmwebapi.config import settings
from cvmwebapi.config.policy import REGISTRY_KEY

_SCHEMA = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
_CATEGORY = "CernVMWebAPI"
_SUPPORTED = "SUPPORTED_WINDOWS_10"


class _Texts:
    """The table of texts; each gets an id."""

    def __init__(self) -> None:
        self.strings: dict[str, str] = {}

    def add(self, name: str, text: str) -> str:
        self.strings[name] = text
        return f"$(string.{name})"


def build() -> tuple[bytes, bytes]:
    """ADMX and ADML."""
    texts = _Texts()
    root = Element("policyDefinitions", revision="1.0", schemaVersion="1.0", xmlns=_SCHEMA)
    spaces = SubElement(root, "policyNamespaces")
    SubElement(spaces, "target", prefix="cernvmwebapi", namespace="CERN.Policies.CernVMWebAPI")
    SubElement(spaces, "using", prefix="windows", namespace="Microsoft.Policies.Windows")
    SubElement(root, "resources", minRequiredRevision="1.0")
    supported = SubElement(SubElement(root, "supportedOn"), "definitions")
    SubElement(supported, "definition", name=_SUPPORTED, displayName=texts.add(_SUPPORTED, "Windows 10 and later"))
    categories = SubElement(root, "categories")
    SubElement(categories, "category", name=_CATEGORY, displayName=texts.add(_CATEGORY, "CernVM WebAPI"))
    policies = SubElement(root, "policies")
    presentations = Element("presentationTable")
    for name, rule in settings.rules().items():
        _policy(policies, presentations, texts, name, rule.kind.schema)
    return _written(root), _written(_language(texts, presentations))


def _policy(policies: Element, presentations: Element, texts: _Texts, name: str, schema: Mapping[str, object]) -> None:
    title = name.replace("_", " ").capitalize()
    form = Element("presentation", id=name)
    policy = SubElement(
        policies,
        "policy",
        {"name": name, "class": "Both", "key": REGISTRY_KEY},
        displayName=texts.add(name, title),
        explainText=texts.add(f"{name}_Explain", settings.descriptions()[name]),
    )
    SubElement(policy, "parentCategory", ref=_CATEGORY)
    SubElement(policy, "supportedOn", ref=_SUPPORTED)
    kind = schema["type"]
    if kind == "boolean":
        policy.set("valueName", name)
        for tag, number in (("enabledValue", "1"), ("disabledValue", "0")):
            SubElement(SubElement(policy, tag), "decimal", value=number)
        return
    policy.set("presentation", f"$(presentation.{name})")
    elements = SubElement(policy, "elements")
    items = schema.get("items")
    if kind == "array" and isinstance(items, dict) and items["type"] == "string":
        # Values named 1, 2, 3… of a key of their own.
        SubElement(elements, "list", id=name, key=f"{REGISTRY_KEY}\\{name}", valuePrefix="")
        SubElement(form, "listBox", refId=name).text = title
    elif kind == "integer":
        low, high = str(schema["minimum"]), str(schema["maximum"])
        SubElement(elements, "decimal", id=name, valueName=name, minValue=low, maxValue=high)
        SubElement(form, "decimalTextBox", refId=name).text = title
    elif "enum" in schema:
        _words(elements, texts, name, schema["enum"])
        SubElement(form, "dropdownList", refId=name).text = title
    else:
        SubElement(elements, "text", id=name, valueName=name, maxLength="1000000")
        box = SubElement(form, "textBox", refId=name)
        SubElement(box, "label").text = f"{title} (a list as JSON)" if kind == "array" else title
    presentations.append(form)


def _words(elements: Element, texts: _Texts, name: str, words: object) -> None:
    choice = SubElement(elements, "enum", id=name, valueName=name)
    assert isinstance(words, list)
    for word in words:
        item = SubElement(choice, "item", displayName=texts.add(f"{name}_{word}", word))
        SubElement(SubElement(item, "value"), "string").text = word


def _language(texts: _Texts, presentations: Element) -> Element:
    root = Element("policyDefinitionResources", revision="1.0", schemaVersion="1.0", xmlns=_SCHEMA)
    SubElement(root, "displayName").text = "CernVM WebAPI"
    SubElement(root, "description").text = "Policies of CernVM WebAPI"
    resources = SubElement(root, "resources")
    table = SubElement(resources, "stringTable")
    for name, text in texts.strings.items():
        SubElement(table, "string", id=name).text = text
    resources.append(presentations)
    return root


def _written(root: Element) -> bytes:
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
