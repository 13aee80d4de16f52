"""The key that names this installation to push services (VAPID, RFC 8292): made once, stored encrypted.

A browser binds its subscription to the key it was given, so a new key means that every browser has to ask again.
"""

from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from server.kernel.errors import NotFound
from server.notifications.channels.push import packed, point_of, unpacked
from server.notifications.models import PushKey, PushSubscription

BYTES = 32


async def current_key() -> PushKey:
    """The key that browsers subscribe with. The first call makes it; of two at once, one does."""
    found = await _newest()
    if found is not None:
        return found
    try:
        async with in_transaction("default"):
            return await _make(1)
    except IntegrityError:
        made = await _newest()
        if made is None:
            raise
        return made


async def renew_key() -> int:
    """Put a new key in the place of the one there is; returns how many subscriptions ended with it."""
    async with in_transaction("default") as connection:
        held = await PushKey.select_for_update().using_db(connection).order_by("-number")
        ids = [one.id for one in held]
        ended = await PushSubscription.filter(key_id__in=ids).using_db(connection).count()
        await PushKey.filter(id__in=ids).using_db(connection).delete()
        await _make(held[0].number + 1 if held else 1)
    return ended


async def key_by_point(point: str) -> PushKey:
    """The key that a browser subscribed with.

    Raises:
        NotFound: it is not ours, or not any more.
    """
    found = await PushKey.filter(point=point).first()
    if found is None:
        raise NotFound
    return found


async def private_key(key_id: UUID) -> ec.EllipticCurvePrivateKey:
    """The secret half of a key.

    Raises:
        NotFound: it was renewed meanwhile.
    """
    found = await PushKey.filter(id=key_id).first()
    if found is None:
        raise NotFound
    return ec.derive_private_key(int.from_bytes(unpacked(found.secret)), ec.SECP256R1())


async def _newest() -> PushKey | None:
    return await PushKey.all().order_by("-number").first()


async def _make(number: int) -> PushKey:
    key = ec.generate_private_key(ec.SECP256R1())
    raw = key.private_numbers().private_value.to_bytes(BYTES)
    return await PushKey.create(number=number, point=point_of(key), secret=packed(raw))
