"""The names of the months, as they are written out.

    MONTHS["de"][8] -> "September"        MONTH_NUMBERS["märz"] -> 3, MONTH_NUMBERS["march"] -> 3

Pure. A table instead of Babel, which would add 33 MB for three patterns.
"""

MONTHS = {
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip

MONTH_NUMBERS = {name.casefold(): number for names in MONTHS.values() for number, name in enumerate(names, 1)}
"""From 1 on, by the names of all languages; those in lower case."""
