from xml.etree import ElementTree as ET

import pytest

from batchctl.diagnostics import Severity
from batchctl.redaction import Redactor
from batchctl.render.diagnostics.junit import junit_report
from batchctl.render.diagnostics.reporting import FileReport
from batchctl.render.xml import Xml, one_line

HOSTILE = "".join(map(chr, (0, 9, 10, 13, 27, 127, 0x85, 0x202E, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF))) + "<&\"'>]]>東京 😀"


def test_any_text_can_be_written_and_read_again() -> None:
    xml = Xml()
    with xml.element("all", {"about": HOSTILE}):
        xml.leaf("one", {"about": HOSTILE}, f"first\n{HOSTILE}")
    root = ET.fromstring(xml.taken())
    assert root.get("about") == root[0].get("about") == one_line(HOSTILE)
    assert root[0].text == "first\n" + "\n".join(map(one_line, HOSTILE.split("\n")))


def test_what_xml_cannot_hold_is_shown() -> None:
    assert one_line("a\x1b\n\uffffb<") == "a\\x1b\\n\\uffffb<"


def test_a_document_is_handed_out_in_pieces() -> None:
    xml = Xml()
    pieces = []
    with xml.element("all", {}):
        for number in range(3):
            xml.leaf("one", {"number": str(number)})
            pieces.append(xml.taken())
    pieces.append(xml.taken())
    assert all(pieces)
    assert "".join(pieces) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<all>\n  <one number="0"/>\n  <one number="1"/>\n  <one number="2"/>\n</all>\n'
    )


@pytest.mark.parametrize("name", [HOSTILE, "\uffff.yaml"])
def test_problems_are_xml_whatever_the_file_is_called(name: str) -> None:
    text = junit_report([FileReport(None, name, [])], failing=[Severity.ERROR], redact=Redactor().text)
    assert ET.fromstring(text)[0].get("name") == one_line(name)
