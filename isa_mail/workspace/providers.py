"""What well-known mail providers allow: `provider = "microsoft365"` in [delivery] stands for these numbers.

    "microsoft365" -> DeliverySettings(sessions=3, messages_per_minute=30, messages_per_day=10000, …)
    "smtp.office365.com" -> "microsoft365"

Pure. Where each figure comes from, and which could not be found, stands in docs/delivery.md: change both together.
Numbers that are given in isa-mail.toml beside `provider` win, since an account may be allowed more or less.
"""

from collections.abc import Mapping

from isa_mail.model.publication import DeliverySettings

PROVIDERS: Mapping[str, DeliverySettings] = {
    settings.provider: settings
    for settings in (
        DeliverySettings("microsoft365", sessions=3, messages_per_minute=30, messages_per_day=10_000),
        DeliverySettings("gmail", sessions=1, messages_per_minute=30, messages_per_day=2_000),
        DeliverySettings("ionos", sessions=1, messages_per_minute=8),
        DeliverySettings("strato", sessions=1, messages_per_minute=8),
        DeliverySettings("amazon-ses", sessions=1, messages_per_minute=60, messages_per_day=200),
        DeliverySettings("own", sessions=10, messages_per_minute=0),
    )
}
_DOMAINS = {
    "office365.com": "microsoft365",
    "gmail.com": "gmail",
    "ionos.de": "ionos",
    "ionos.com": "ionos",
    "1und1.de": "ionos",
    "strato.de": "strato",
    "amazonaws.com": "amazon-ses",
}


def provider_of(host: str) -> str | None:
    """Tell the provider by the name of its mail server; None for all others."""
    name = host.casefold().rstrip(".")
    return next((found for end, found in _DOMAINS.items() if name.endswith(f".{end}")), None)


def beyond(settings: DeliverySettings, provider: str) -> tuple[str, ...]:
    """Name the settings that ask more of a provider than it allows; 0 is "no limit" for all but sessions."""
    allowed = PROVIDERS[provider]
    names = ("sessions", "messages_per_minute", "messages_per_day")
    pairs = ((name, getattr(settings, name), getattr(allowed, name)) for name in names)
    return tuple(name for name, asked, most in pairs if most and (asked == 0 or asked > most))
