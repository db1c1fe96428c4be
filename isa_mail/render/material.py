"""Everything that an edition names: its pictures, read and prepared; its links, tried.

    Edition with two figures -> Material({("images/stand.jpg", FIGURE): Placed(...), …}, logo=Placed(...))

Edge: reads pictures below the folders that it is given. All that is wrong comes in one go, before any template runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from isa_mail.errors import ContentError, IsaMailError, PictureError, Several
from isa_mail.model.findings import NOWHERE, Finding, Place, Severity
from isa_mail.model.newsletter import Edition, Figure
from isa_mail.model.publication import Publication
from isa_mail.model.rendering import Picture
from isa_mail.render.fields import Marks
from isa_mail.render.files import read_picture
from isa_mail.render.letter import lead_figure
from isa_mail.render.links import address
from isa_mail.render.pictures import FIGURE, LEAD, LOGO, Frame, Placed, place_picture
from isa_mail.walk import figures, links

SETTINGS = Place("isa-mail.toml")
HEAVY_OCTETS = 300_000  # a photograph of 1,072 pixels in width takes 60 to 250 KB as it is sent


@dataclass(frozen=True, slots=True)
class Material:
    """The pictures of one rendering. `figures` by path, as typed, and the room that they stand in."""

    figures: Mapping[tuple[str, Frame], Placed]
    logo: Placed | None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Each picture once, the logo first."""
        placed = ([self.logo] if self.logo else []) + list(self.figures.values())
        return tuple({each.picture.filename: each.picture for each in placed}.values())

    def below(self, address: str) -> "Material":
        """Let the HTML find the pictures as files below an address, instead of inside the mail."""

        def moved(placed: Placed) -> Placed:
            return replace(placed, src=f"{address}{placed.picture.filename}")

        figures = {key: moved(placed) for key, placed in self.figures.items()}
        return Material(figures, moved(self.logo) if self.logo else None)


def gather(
    edition: Edition,
    publication: Publication,
    *,
    directory: Path,
    workspace: Path,
    logo_place: Place,
    marks: Marks,
) -> Material:
    """Read all pictures and try all links.

    `directory` is the edition's; the logo is relative to `workspace`, and its name stands at `logo_place`.
    Raises ContentError, or Several, for all that cannot be used.
    """
    errors: list[IsaMailError] = []
    placed: dict[tuple[str, Frame], Placed] = {}
    logo = None
    for section in edition.sections:
        for link in links(section):
            try:
                address(link, marks, section.place if link.place is NOWHERE else link.place)
            except ContentError as error:
                errors.append(error)
    for figure, frame in _framed(edition):
        if (figure.path, frame) in placed:
            continue
        try:
            data = read_picture(figure.path, directory, figure.place)
            name = figure.path.replace("\\", "/").rpartition("/")[2]
            placed[figure.path, frame] = place_picture(
                data, name, frame, domain=publication.list_id, place=figure.place
            )
        except ContentError as error:
            errors.append(PictureError(error.message, hint=error.hint, place=error.place))
    if publication.logo:
        try:
            data = read_picture(publication.logo, workspace, logo_place)
            name = publication.logo.rpartition("/")[2]
            logo = place_picture(data, name, LOGO, domain=publication.list_id, place=logo_place)
        except ContentError as error:
            errors.append(PictureError(error.message, hint=error.hint, place=error.place))
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)
    return Material(placed, logo)


def picture_findings(edition: Edition, material: Material) -> Iterator[Finding]:
    """Point out pictures that will not look as their author thinks."""
    for figure, frame in _framed(edition):
        placed = material.figures[figure.path, frame]
        if placed.animated:
            yield Finding(
                "R102",
                Severity.WARNING,
                figure.place,
                f"The picture {figure.path!r} is animated or has several pages; only the first one is used.",
                "Use a still picture, so that you decide what is seen.",
            )
        octets = len(placed.picture.data)
        if octets > HEAVY_OCTETS:
            yield Finding(
                "R109",
                Severity.WARNING,
                figure.place,
                f"The picture {figure.path!r} has {octets / 1000:.0f} KB, even as it is sent.",
                "Crop it, or choose one with less detail; a photograph that was saved as PNG is smaller as JPEG.",
            )
        if placed.source_width < frame.width // 2 and placed.height < frame.height:
            yield Finding(
                "R103",
                Severity.WARNING,
                figure.place,
                f"The picture {figure.path!r} has only {placed.source_width} pixels in width and stays small.",
                f"Use one with at least {frame.width * 2} pixels in width.",
            )


def _framed(edition: Edition) -> Iterator[tuple[Figure, Frame]]:
    """Give every figure with its room, in order: the picture below the masthead is as wide as the column."""
    framed = [figure for section in edition.sections for figure in figures(section.body)]
    first = LEAD if lead_figure(edition) else FIGURE
    for number, figure in enumerate(framed):
        yield figure, FIGURE if number else first
