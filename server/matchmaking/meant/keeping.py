"""Vectors of what people wrote and of what competencies are called: computed once for each wording, and kept."""

import asyncio
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from server.kernel.actor import Actor
from server.language.encoders import Encoder, encoder
from server.language.meaning import Concept, Framework, framework_of, in_order, version_of
from server.matchmaking.meant.reading import Reading, wordings
from server.matchmaking.models import TextVector
from server.people import queries as people
from server.people.models import Competency

Vectors = NDArray[np.float32]
ENROLLMENT, COMPETENCY, FORMS = "Enrollment", "Competency", "forms"
FRAMEWORKS_AT_HAND = 8
_at_hand: dict[tuple[str, str, str], Framework] = {}


class Place(NamedTuple):
    """Where the vectors of one text belong: whose it is, and which of their texts."""

    owner: UUID
    aspect: str


Wordings = Mapping[Place, tuple[str, ...]]


async def readings(actor: Actor, texts: Mapping[Place, str]) -> dict[Place, Reading]:
    """The meaning of each text of an enrolment: read where it is kept for this wording, computed and kept where not."""
    rows = await _kept(actor, ENROLLMENT, {place: wordings(text) for place, text in texts.items()})
    return {place: Reading(found[0], found[1:]) for place, found in rows.items()}


async def framework(actor: Actor) -> Framework | None:
    """The organisation's competencies in use with the vectors of their names, aliases and descriptions; None without
    any. They are computed once for each wording of a competency and each version of the model.
    """
    rows = await people.competencies(actor)
    ids, concepts = {one.key: one.id for one in rows}, in_order(map(_concept, rows))
    with_ = encoder()
    at = (version_of(concepts), with_.name, with_.version)
    if at not in _at_hand:
        forms = {Place(ids[one.key], FORMS): one.forms for one in concepts if one.forms}
        if not forms:
            return None
        kept = await _kept(actor, COMPETENCY, forms)
        if len(_at_hand) >= FRAMEWORKS_AT_HAND:
            _at_hand.clear()
        _at_hand[at] = framework_of(
            concepts, with_.embed, kept=np.vstack([kept[place] for place in forms]), close_enough=with_.close_enough
        )
    return _at_hand[at]


def _concept(one: Competency) -> Concept:
    return Concept(one.key, one.name, tuple(one.aliases), one.description)


async def _kept(actor: Actor, kind: str, texts: Wordings) -> dict[Place, Vectors]:
    """A matrix for each place, a row for each of its wordings."""
    with_ = encoder()
    stored = await TextVector.filter(
        organization_id=actor.organization_id, owner_kind=kind, model=with_.name,
        owner_id__in=list({place.owner for place in texts}),
    )
    fresh = {
        Place(row.owner_id, row.aspect): _matrix(row.vector, len(said))
        for row in stored
        if (said := texts.get(Place(row.owner_id, row.aspect)))
        and (row.model_version, row.source_digest) == (with_.version, _digest(said))
    }
    missing = {place: said for place, said in texts.items() if place not in fresh}
    made = await asyncio.to_thread(_embedded, missing, with_)
    await _keep(actor, kind, made, texts, with_)
    return {**fresh, **made}


def _embedded(texts: Wordings, with_: Encoder) -> dict[Place, Vectors]:
    rows = with_.embed([one for said in texts.values() for one in said])
    ends = np.cumsum([len(said) for said in texts.values()])
    return dict(zip(texts, np.split(rows, ends[:-1]), strict=True)) if texts else {}


async def _keep(actor: Actor, kind: str, made: Mapping[Place, Vectors], texts: Wordings, with_: Encoder) -> None:
    rows = [
        TextVector(
            organization_id=actor.organization_id, owner_kind=kind, owner_id=place.owner, aspect=place.aspect,
            model=with_.name, model_version=with_.version, source_digest=_digest(texts[place]),
            vector=vectors.astype(np.float32).tobytes(),
        )
        for place, vectors in made.items()
    ]
    await TextVector.bulk_create(
        rows, batch_size=500, on_conflict=["owner_id", "aspect", "model"],
        update_fields=["model_version", "source_digest", "vector"],
    )


def _matrix(stored: bytes, rows: int) -> Vectors:
    return np.frombuffer(stored, dtype=np.float32).reshape(rows, -1)


def _digest(said: Iterable[str]) -> str:
    return sha256("\0".join(said).encode()).hexdigest()
