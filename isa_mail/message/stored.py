r"""Segments and merge fields as JSON values, and back.

    (b"Hallo=20=\r\n", QuotedHole(first_name, b"=\r\n"))
        <-> ["Hallo=20=\r\n", {"quoted": {"field": 0, "escape": "text"}, "closing": "=\r\n"}]

Pure. `template.py` puts these values into a compiled letter. Encoded mail is ASCII, so nearly all of it stands in
the JSON as it goes on the wire; the few loose octets of base64 chunks are written in hexadecimal.
"""

from typing import Any, TypeAlias

from isa_mail.message.bodies import Base64Hole, Base64Run, HeaderHole, QuotedHole, Segment
from isa_mail.model.findings import Place
from isa_mail.model.merging import Escape, Hole, MergeField, PlainText

Json: TypeAlias = Any  # what json.loads returns: its shape is proved by writing it again and comparing


def field_to_json(field: MergeField) -> Json:
    return {
        "name": field.name,
        "fallback": field.fallback,
        "file": field.place.file,
        "line": field.place.line,
    }


def field_from_json(value: Json) -> MergeField:
    return MergeField(value["name"], value["fallback"], Place(value["file"], value["line"]))


def plain_text_to_json(text: PlainText, fields: tuple[MergeField, ...]) -> Json:
    """Write text as a list of strings and numbers; a number counts in `fields`, from 0."""
    return [piece if isinstance(piece, str) else fields.index(piece) for piece in text]


def plain_text_from_json(value: Json, fields: tuple[MergeField, ...]) -> PlainText:
    return tuple(piece if isinstance(piece, str) else fields[piece] for piece in value)


def segment_to_json(segment: Segment, fields: tuple[MergeField, ...]) -> Json:
    """Write one segment; a field is its number in `fields`, which must hold it."""
    if isinstance(segment, bytes):
        return segment.decode("ascii")
    if isinstance(segment, HeaderHole):
        return {"header": segment.value}
    if isinstance(segment, QuotedHole):
        return {"quoted": _hole_to_json(segment.hole, fields), "closing": segment.closing.decode("ascii")}
    return {
        "base64": [
            piece.hex() if isinstance(piece, bytes) else _hole_to_json(piece, fields)
            for piece in segment.pieces
        ],
        "run": None if segment.run is None else _run_to_json(segment.run),
    }


def segment_from_json(value: Json, fields: tuple[MergeField, ...]) -> Segment:
    """Read one segment; raises KeyError, IndexError, TypeError, ValueError or AttributeError if it is none."""
    if isinstance(value, str):
        return value.encode("ascii")
    if "header" in value:
        return HeaderHole(value["header"])
    if "quoted" in value:
        return QuotedHole(_hole_from_json(value["quoted"], fields), value["closing"].encode("ascii"))
    pieces = tuple(
        bytes.fromhex(piece) if isinstance(piece, str) else _hole_from_json(piece, fields)
        for piece in value["base64"]
    )
    return Base64Hole(pieces, None if value["run"] is None else _run_from_json(value["run"]))


def _hole_to_json(hole: Hole, fields: tuple[MergeField, ...]) -> Json:
    return {"field": fields.index(hole.field), "escape": hole.escape.value}


def _hole_from_json(value: Json, fields: tuple[MergeField, ...]) -> Hole:
    return Hole(fields[value["field"]], Escape(value["escape"]))


def _run_to_json(run: Base64Run) -> Json:
    return {
        "head": run.head.hex(),
        "encoded": [lines.decode("ascii") for lines in run.encoded],
        "carries": [carry.hex() for carry in run.carries],
    }


def _run_from_json(value: Json) -> Base64Run:
    first, second, third = (lines.encode("ascii") for lines in value["encoded"])
    none, one, two = (bytes.fromhex(carry) for carry in value["carries"])
    return Base64Run(bytes.fromhex(value["head"]), (first, second, third), (none, one, two))
