"""Every guess of the import: a text that leads to it, and one that does not."""

import pytest
from importing_texts import HEAD, codes

from isa_mail.intake.guesses import CODES

BODY = "Das ist ein langer Absatz, der mit einem Punkt endet und so keine Überschrift ist.\n"
WRAPPED = """\
Der Hafen am Ostbecken war lange eine Baustelle, auf der niemand
so recht wusste, wann sie fertig wird. Jetzt liegt der Steg dort,
fest und lang, und die ersten Boote haben an ihm angelegt, als ob
es nie anders gewesen wäre. Die Werft hat dafür zwei Jahre lang
gearbeitet, und die Stadt hat ihr dabei geholfen, wo immer es ging
und soweit das Geld dafür reichte.
"""
QUOTATION = "„Wir haben drei Jahre auf diesen Tag gewartet, und jetzt ist er da. Das freut uns alle sehr.“"

LEADS = {
    "I101": HEAD + "Neues vom Hafen\n\n" + BODY,
    "I102": HEAD + "Neues vom Hafen\n\nDer Steg am Morgen\n\n" + BODY,
    "I103": HEAD
    + "Im Interview sprach Tina Probe mit LIN Mei\n\nTina Probe: Wie geht es?\n\nLin Mei: Gut.\n",
    "I104": HEAD,
    "I105": HEAD + "Lesen Sie mehr über den Hafen: Link\n",
    "I106": HEAD + f"Ruprecht Hagel, Hafenmeister: {QUOTATION}\n",
    "I107": "Liebe Mitglieder,\n\n" + BODY,
    "I108": HEAD + "Geschäftsstelle\nAm Alten Fischmarkt 4\n00815 Grünhafen\n",
    "I109": WRAPPED,
    "I110": HEAD + BODY + "\nMontag bis Freitag          9 bis 12 Uhr, im Sommer auch länger.\n",
    "I112": "Rundbrief Mai 2027\n\nZur Weitergabe an alle Räte.\n\nLiebe Mitglieder,\n\n" + BODY,
    "I113": HEAD + "In der Landes-hauptstadt ist viel los, und das bleibt auch so.\n",
    "I114": HEAD + 'Er sagte: "Gut, und das war es dann auch für ihn.\n',
}
DOES_NOT = {
    "I101": HEAD + BODY,
    "I102": HEAD + "Neues vom Hafen\n\n" + BODY,
    "I103": HEAD + "Ort: Hafen\n\nZeit: 18 Uhr\n\n" + BODY,
    "I104": "Rundbrief Mai 2027\n\n" + BODY,
    "I105": HEAD + "Mehr über den Hafen: https://hafen.example.org/steg\n",
    "I106": HEAD + "Er sagte „ja“ und ging zum Hafen.\n",
    "I107": "Rundbrief vom 3. Mai 2027\n\n" + HEAD.partition("\n\n")[2],
    "I108": HEAD + BODY + BODY,
    "I109": BODY * 8,
    "I110": HEAD + BODY,
    "I112": HEAD,
    "I113": HEAD + "In der Landes-hauptstadt ist viel los. Die Landeshauptstadt bleibt es.\n",
    "I114": HEAD + 'Er sagte: "Gut", und das war es dann auch für ihn.\n',
}


def test_every_guess_has_a_text_that_leads_to_it_and_one_that_does_not() -> None:
    of_word = {"I111", "I115"}  # see test_intake_word.py
    assert set(CODES) - set(LEADS) == of_word
    assert set(LEADS) == set(DOES_NOT)


@pytest.mark.parametrize("code", LEADS)
def test_a_text_leads_to_the_guess(code: str) -> None:
    assert code in codes(LEADS[code])


@pytest.mark.parametrize("code", DOES_NOT)
def test_another_text_does_not(code: str) -> None:
    assert code not in codes(DOES_NOT[code])
