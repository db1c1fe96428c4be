"""The same newsletter to the same list as a script with smtplib, or with Django's mail, would send it.

    python bench/send_peers.py smtplib PORT LIST HTML TEXT --sessions 10

Both keep their connections, as their documentation advises, and build a message for each person.
"""

# mypy: disable-error-code="import-not-found,import-untyped,no-untyped-call"
import argparse
import csv
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid
from pathlib import Path

SENDER = "Uferpost <letters@example.org>"
Row = tuple[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("peer", choices=["smtplib", "django"])
    parser.add_argument("port", type=int)
    parser.add_argument("list", type=Path)
    parser.add_argument("html", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--sessions", type=int, default=1)
    wanted = parser.parse_args()
    send = by_smtplib if wanted.peer == "smtplib" else by_django()
    html, text = wanted.html.read_text("utf-8"), wanted.text.read_text("utf-8")
    with wanted.list.open(encoding="utf-8", newline="") as file:
        rows = [(row["email"], row["name"]) for row in csv.DictReader(file)]
    threads = [
        threading.Thread(target=send, args=(rows[n :: wanted.sessions], wanted.port, html, text))
        for n in range(wanted.sessions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def by_smtplib(rows: list[Row], port: int, html: str, text: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, "localhost") as smtp:
        for address, name in rows:
            message = EmailMessage()
            message["From"] = SENDER
            message["To"] = formataddr((name, address))
            message["Subject"] = f"Post für {name}"
            message["Date"] = formatdate()
            message["Message-ID"] = make_msgid(domain="example.org")
            message.set_content(filled(text, address, name))
            message.add_alternative(filled(html, address, name), subtype="html")
            smtp.send_message(message)


def by_django():  # type: ignore[no-untyped-def]  # Django is not among the dependencies
    from django.conf import settings

    settings.configure(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend")
    from django.core.mail import EmailMultiAlternatives, get_connection

    def send(rows: list[Row], port: int, html: str, text: str) -> None:
        def messages() -> Iterator[EmailMultiAlternatives]:
            for address, name in rows:
                message = EmailMultiAlternatives(
                    f"Post für {name}", filled(text, address, name), SENDER, [formataddr((name, address))]
                )
                message.attach_alternative(filled(html, address, name), "text/html")
                yield message

        get_connection(host="127.0.0.1", port=port).send_messages(messages())

    return send


def filled(part: str, address: str, name: str) -> str:
    return part.replace("[name]", name).replace("[address]", address)


if __name__ == "__main__":
    main()
