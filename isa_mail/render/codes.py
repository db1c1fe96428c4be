"""What rendering can find, each with a code that stays the same. Pure: the pages that find it make the findings."""

CODES = {
    "R101": "The HTML is so large that Gmail will cut it off, or soon may.",
    "R102": "A picture is animated or has several pages; only the first one is used.",
    "R103": "A picture is too small for its place.",
    "R104": "The web version has nothing to show for a merge field without a fallback.",
    "R105": "A mail is so heavy that many servers will refuse it.",
    "R106": "An attachment is of a kind that many servers refuse: a program, a script, a shortcut.",
    "R107": "An attachment is empty, or lies in a folder of its own and is not attached.",
    "R108": "A file in templates/ takes the place of no packaged one.",
    "R109": "A picture is heavy, even as it is sent.",
}
"""Every code of this room, and R105 of message/, with its meaning, a sentence."""
