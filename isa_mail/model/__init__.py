"""The nouns of isa-mail: every value that one room hands to another.

    section files -> Edition -> RenderedEdition -> (MessageTemplate) -> Message -> Reply -> Delivery

    findings        Place, Finding, Edit …                what is said about a file
    newsletter      Edition, Section, Paragraph …         what staff wrote
    pasted          Imported, Guess …                     what was made out in a pasted text
    rendering       RenderedEdition, WebPage …            what a reader will see
    merging         MergeField, Hole …                    what a letter keeps open for each recipient
    publication     Publication, SmtpSettings …           settings
    people          Recipient, Suppression …              the lists
    mail            Message, Reply, Delivery …            the hand-over

Pure: frozen values, no behaviour beyond what a value can say about itself. One type per stage, so that a half-finished
object cannot exist. Time and ids arrive from outside. Terms are those of RFC 5321, RFC 5322 and of publishing. They are
several pages, so that a command loads those it needs.
"""
