"""The words of a header: keys and values in German, English and Chinese.

    "Kurztitel" -> "short_title"    "Stimmen" -> Kind.VOICES

Pure. Case does not matter; the canonical names are the English ones.
"""

from collections.abc import Mapping

from isa_mail.model.newsletter import Kind

_SECTION = {
    "title": ("Title", "Titel", "Überschrift", "标题"),
    "short_title": ("Short title", "Kurztitel", "短标题"),
    "kind": ("Kind", "Art", "类型"),
    "signed": ("Signed", "Gezeichnet", "署名"),
}
_EDITION = {
    "title": ("Title", "Titel", "标题"),
    "number": ("Number", "Nummer", "期号"),
    "date": ("Date", "Datum", "日期"),
    "language": ("Language", "Sprache", "语言"),
    "subject": ("Subject", "Betreff", "主题"),
    "preheader": ("Preheader", "Vorschautext", "预览文字"),
    "greeting": ("Greeting", "Anrede", "称呼"),
}
_KINDS = {
    Kind.EDITORIAL: ("Editorial", "Leitartikel", "Vorwort", "Grußwort", "卷首语", "社论"),
    Kind.ARTICLE: ("Article", "Artikel", "Beitrag", "文章"),
    Kind.REPORT: ("Report", "Bericht", "报道", "报告"),
    Kind.BRIEF: ("Brief", "Kurzmeldung", "Meldung", "Kurz", "简讯"),
    Kind.VOICES: ("Voices", "Stimmen", "Zitate", "声音"),
    Kind.INTERVIEW: ("Interview", "Gespräch", "访谈"),
    Kind.NOTICE: ("Notice", "Hinweis", "Notiz", "Veröffentlichung", "通知"),
    Kind.EVENTS: ("Events", "Termine", "Veranstaltungen", "活动"),
}


def _by_name(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name.casefold(): key for key, names in table.items() for name in names}


SECTION_KEYS = _by_name(_SECTION)
EDITION_KEYS = _by_name(_EDITION)
KINDS = {name.casefold(): kind for kind, names in _KINDS.items() for name in names}
