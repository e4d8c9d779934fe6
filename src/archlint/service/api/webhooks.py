"""Which endpoints another system calls, by what it sends: its form, not this service's, is the contract."""

from __future__ import annotations

from archlint.service.api.operations import Operation

_SIGNATURES = frozenset(
    {
        "paypal-transmission-sig",
        "stripe-signature",
        "svix-signature",
        "webhook-signature",
        "x-gitlab-token",
        "x-hub-signature",
        "x-hub-signature-256",
        "x-line-signature",
        "x-shopify-hmac-sha256",
        "x-slack-signature",
        "x-telegram-bot-api-secret-token",
        "x-twilio-signature",
        "x-vonage-signature",
    }
)
"""Headers in which senders of webhooks prove who they are."""

_CALLS = (
    frozenset({"CallSid"}),
    frozenset({"MessageSid"}),
    frozenset({"SmsSid"}),
    frozenset({"CallUUID"}),
    frozenset({"MessageUUID"}),
    frozenset({"conversation_uuid", "uuid"}),
)
"""What telephone providers send of a call or message: Twilio, Plivo, Vonage
(`www.twilio.com/docs/voice/twiml`, `www.plivo.com/docs/voice`, `developer.vonage.com`)."""

_POSTED_CALLS = (frozenset({"callid", "from", "to"}), frozenset({"direction", "id", "from", "to"}))
"""What 46elks sends, always as a form (`46elks.com/docs`): in a query, words as common may be anything."""


def is_webhook(operation: Operation) -> bool:
    """Whether it takes a provider's signature, or as a form or query what one sends of a telephone call."""
    taken = (*operation.parameters, *operation.body)
    if any(one.kind == "header" and one.alias.lower() in _SIGNATURES for one in taken):
        return True
    posted = {one.alias for one in taken if one.kind == "form"}
    sent = posted | {one.alias for one in taken if one.kind == "query"}
    return any(call <= sent for call in _CALLS) or any(call <= posted for call in _POSTED_CALLS)
