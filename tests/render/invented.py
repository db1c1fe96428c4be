"""An invented edition with every kind and every block, made by hand: the material of this room's tests."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

from PIL import Image

from isa_mail.model.findings import Place
from isa_mail.model.merging import Hole, MergeField, Template
from isa_mail.model.newsletter import (
    Attribution,
    BulletList,
    CallToAction,
    Code,
    Edition,
    Emphasis,
    Event,
    EventList,
    Figure,
    Heading,
    Kind,
    LineBreak,
    Link,
    OrderedList,
    Paragraph,
    Preformatted,
    Quotation,
    Section,
    Signature,
    Strong,
    ThematicBreak,
    Turn,
)
from isa_mail.model.publication import Colours, Mailbox, Publication
from isa_mail.model.rendering import RenderedEdition
from isa_mail.render.edition import render

TEMPLATES = Path(__file__).parents[2] / "templates"
HERE = Place("editions/2026-09/10-test.txt", 7)

PUBLICATION = Publication(
    name="Stadtbrief",
    sender=Mailbox("Stadtbrief", "brief@example.org"),
    reply_to=None,
    list_id="brief.example.org",
    imprint="Bund der Musterstädte e. V.\nProbeallee 1, 12345 Musterstadt\nVertreten durch Tina Probe",
    colours=Colours("#1f4e79", "#b3261e"),
    logo="logo.png",
    languages=("de", "zh"),
)


def link(label: str, href: str) -> Link:
    return Link((label,), (href,))


def section(name: str, *body: object, title: str = "", kind: Kind = Kind.ARTICLE, **more: object) -> Section:
    made = Section(
        name, (title,) if title else (), (), kind, (), tuple(body), Place(f"editions/2026-09/{name}.txt")
    )  # type: ignore[arg-type]
    return replace(made, **more)  # type: ignore[arg-type]


def paragraph(*parts: object) -> Paragraph:
    return Paragraph(tuple(parts))  # type: ignore[arg-type]


FIRST_NAME = MergeField("first_name", "Mitglied", Place("editions/2026-09/10-editorial.txt", 4))
CITY = MergeField("city", None, Place("editions/2026-09/20-bericht.txt", 9))

EDITORIAL = section(
    "10-editorial",
    paragraph(
        "der Herbst bringt unseren Städten neue Begegnungen, und wir freuen uns, ",
        FIRST_NAME,
        ", Sie in Musterstadt zu sehen. Unsere Freunde aus 佛山市（广东） kommen auch.",
    ),
    paragraph("Mit herzlichen Grüßen"),
    kind=Kind.EDITORIAL,
    signed=(
        Signature(("Tina Probe",), ("Vorsitzende des Bundes der Musterstädte",)),
        Signature(("Karl Beispiel",), ("Bürgermeister a. D.",)),
    ),
)

REPORT = section(
    "20-bericht",
    paragraph("Neun Betriebe stellten auf einem gemeinsamen Stand aus. Die Halle war an allen Tagen voll."),
    Figure("images/stand am morgen.jpg", "Menschen vor einem Messestand", ("Der Stand. Foto: Probe",), HERE),
    Heading(3, ("Wie es weitergeht",)),
    paragraph(
        Strong(("Wichtig:",)),
        " der ",
        Emphasis(("nächste",)),
        " Termin ist offen",
        LineBreak(),
        "und steht bald auf ",
        link("unserer Seite", "https://www.example.org/messe?jahr=2026&ort=Köln"),
        ", Schlüssel ",
        Code("A-1"),
        ".",
    ),
    BulletList(((paragraph("Anmeldung im Mai"),), (paragraph("Aufbau im Juni"), paragraph("mit Helfern")))),
    OrderedList(((paragraph("Erstens"),), (paragraph("Zweitens"),))),
    ThematicBreak(),
    Preformatted("Zeile eins\n    eingerückt"),
    CallToAction(Link(("Mehr über die Messe",), ("https://www.example.org/", CITY, "?von=brief"))),
    title="Neun Betriebe auf einem Stand",
    kind=Kind.REPORT,
)

VOICES = section(
    "30-stimmen",
    Quotation(
        (paragraph("Wir haben drei Partner gefunden."), paragraph("Das war mehr, als wir zu hoffen wagten.")),
        Attribution(("Tina Probe",), ("Geschäftsführerin, Probewerk GmbH",)),
    ),
    CallToAction(link("Mehr über die Probewerk GmbH", "https://probewerk.example.org")),
    Quotation((paragraph("Gern nächstes Jahr wieder."),), None),
    title="Stimmen der Betriebe",
    kind=Kind.VOICES,
)

BRIEF = section(
    "40-kurz",
    paragraph("Die Stadt Neudorf ist beigetreten."),
    CallToAction(link("Informationen zur Stadt Neudorf", "https://neudorf.example.org")),
    title="Neues Mitglied",
    kind=Kind.BRIEF,
)

INTERVIEW = section(
    "50-interview",
    paragraph("Am Rande der Messe sprachen wir mit Wang Fang."),
    Turn(("Stadtbrief",), (paragraph("Was erwarten Sie?"),)),
    Turn(("Wang Fang",), (paragraph("Vor allem Geduld."), paragraph("Und gute Übersetzer."))),
    title="Drei Fragen an Wang Fang",
    kind=Kind.INTERVIEW,
)

NOTICE = section(
    "60-hinweis",
    paragraph("Der Jahresbericht liegt vor."),
    CallToAction(link("Zum Jahresbericht", "https://www.example.org/bericht.pdf")),
    title="Jahresbericht der Musterstädte zur Zusammenarbeit im Maschinenbau",
    short_title=("Jahresbericht",),
    kind=Kind.NOTICE,
)

EVENTS = section(
    "70-termine",
    EventList(
        (
            Event(("16.–19. Oktober 2026",), ("Herbstmesse",), ("Musterstadt",)),
            Event(("3. November 2026",), ("Mitgliederversammlung",), ()),
        )
    ),
    title="Termine",
    kind=Kind.EVENTS,
)

ARTICLE = section("80-artikel", paragraph("Ein Satz ohne alles."), title="Ein Artikel")

EDITION = Edition(
    name="2026-09",
    language="de",
    title="Stadtbrief September 2026",
    number="5",
    date=date(2026, 9, 30),
    subject=("Neun Betriebe auf einem Stand",),
    preheader=("Neun Betriebe auf einem Stand, ein neues Mitglied und die Termine des Herbstes",),
    greeting=("Liebe Mitglieder und Freunde,",),
    sections=(EDITORIAL, REPORT, VOICES, BRIEF, INTERVIEW, NOTICE, EVENTS, ARTICLE),
    findings=(),
    place=Place("editions/2026-09/edition.txt"),
)


def picture_bytes(size: tuple[int, int] = (1600, 900), kind: str = "JPEG", colour: str = "#7799bb") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


def make_workspace(root: Path) -> Path:
    """Write a workspace with the edition's pictures; return the edition's folder."""
    folder = root / "editions" / "2026-09"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "stand am morgen.jpg").write_bytes(picture_bytes())
    (root / "logo.png").write_bytes(picture_bytes((400, 120), "PNG", "#1f4e79"))
    return folder


def rendered(
    root: Path,
    *sections: Section,
    publication: Publication = PUBLICATION,
    templates: tuple[Path, ...] = (TEMPLATES,),
    languages: tuple[str, ...] = (),
    **edition: object,
) -> RenderedEdition:
    """Render the invented edition, or one with other sections, in a workspace below `root`."""
    folder = root / "editions" / "2026-09"
    if not folder.exists():
        make_workspace(root)
    given = replace(EDITION, **edition)  # type: ignore[arg-type]
    if sections:
        given = replace(given, sections=sections)
    return render(
        given,
        publication,
        languages=languages,
        edition_directory=folder,
        workspace=root,
        templates=templates,
    )


def joined(template: Template, value: str = "WERT") -> str:
    """Fill all holes with one value, unescaped."""
    return "".join(value if isinstance(part, Hole) else part for part in template)
