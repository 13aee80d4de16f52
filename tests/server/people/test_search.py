"""Searching people: the same people on both databases, whatever the case, the accents, the script or the signs."""

import pytest

from server.journey.roster.queries import Asked, roster
from server.kernel.actor import Actor, Grant, Permission, system_actor
from server.kernel.text import folded
from server.people.actions import create_person, set_person_facts
from server.people.models import Organization
from server.people.queries import find_people
from tests import factories

PEOPLE = {
    "Łukasz Ólafsdóttir": "lukasz", "Åsa Straße": "asa", "İpek Yılmaz": "ipek", "Zoë O’Brien": "zoe",
    "100% Ace": "hundred",
    "under_score Test": "under", "Back\\slash Kay": "back", 'Quote"s Ann': "quote", "محمد العلي": "arabic",
    "שָׁלוֹם כהן": "hebrew", "太郎 山田": "taro", "ガンダム さくら": "gundam", "José-María Ñandú": "jose",
    "Σίσυφος Θεός": "greek",
}
FOUND = [
    ("lukasz", "lukasz"), ("LUKASZ olaf", "lukasz"), ("ólaf", "lukasz"), ("strasse", "asa"), ("STRASSE ÅSA", "asa"),
    ("ipek yilmaz", "ipek"), ("IPEK", "ipek"), ("yılmaz", "ipek"), ("zoe o'brien", "zoe"), ("O’BRIEN", "zoe"),
    ("100%", "hundred"), ("%", "hundred"), ("under_score", "under"), ("_", "under"), ("back\\slash", "back"),
    ('quote"s', "quote"), ("محمد", "arabic"), ("العلي محمد", "arabic"), ("مُحَمَّد", "arabic"),
    ("שלום", "hebrew"), ("כהן", "hebrew"),
    ("\u200fשלום\u200e", "hebrew"), ("山田", "taro"), ("太郎 山田", "taro"), ("ｶﾞﾝﾀﾞﾑ", "gundam"), ("さくら", "gundam"),
    ("nandu", "jose"), ("jose-maria", "jose"), ("σισυφοσ", "greek"), ("ΘΕΟΣ", "greek"), ("taro@example.test", "taro"),
    ("N-GREEK", "greek"),
]
NOBODY = ["カンタム", "zz%", "o''brien", "'; drop table person; --", "l_kasz", "luk%sz", "山 無"]


@pytest.fixture
async def org(db: object) -> Organization:
    made = await factories.organization()
    for name, key in PEOPLE.items():
        given, family = name.split(" ")
        await factories.person(
            made, given_name=given, family_name=family, email=f"{key}@example.test", employee_id=f"N-{key}"
        )
    return made


async def keys(actor: Actor, words: str) -> list[str]:
    return [person.employee_id.removeprefix("N-") for person in await find_people(actor, words)]


async def test_everybody_is_found_by_the_same_words_on_both_databases(org: Organization) -> None:
    actor = system_actor(org.id)
    missed = [(words, found) for words, key in FOUND if (found := await keys(actor, words)) != [key]]
    assert missed == []


async def test_signs_and_other_letters_find_nobody_by_accident(org: Organization) -> None:
    actor = system_actor(org.id)
    assert [(words, found) for words in NOBODY if (found := await keys(actor, words))] == []
    assert len(await keys(actor, "  ")) == len(PEOPLE)


async def test_a_new_name_is_found_at_once_and_the_old_call_name_no_more(db: object) -> None:
    org = await factories.organization()
    importer = factories.actor_of(await factories.person(org), Grant(Permission.ORG_PEOPLE_IMPORT))
    person = await create_person(
        importer, employee_id="7", email="J@Example.test", given_name="Jürgen", family_name="Groß"
    )
    own, staff = factories.actor_of(person), system_actor(org.id)
    await set_person_facts(own, preferred_name="Yogi")
    assert [one.id for one in await find_people(staff, "yogi gross")] == [person.id]
    await set_person_facts(own, preferred_name="Jojo")
    assert await find_people(staff, "yogi") == []
    assert [one.id for one in await find_people(staff, "jurgen")] == [person.id]


async def test_search_stays_within_what_the_manager_runs(org: Organization) -> None:
    program = await factories.program(org)
    taking_part = await factories.person(org, given_name="Łucja", family_name="Nowak")
    await factories.enrollment(
        await factories.cohort(program), taking_part, factories.ParticipantRole.MENTEE
    )
    manager = factories.manager_of(await factories.person(org), program)
    assert [one.person.id for one in (await roster(manager, Asked("lucja"))).people] == [taking_part.id]
    assert (await roster(manager, Asked("lukasz"))).total == 0
    elsewhere = system_actor((await factories.organization()).id)
    assert await find_people(elsewhere, "lukasz") == []


@pytest.mark.parametrize(("typed", "same"), [
    ("Łódź", "lodz"), ("ÆØÅ", "aeoa"), ("ﬁ", "fi"), ("Ｆｕｌｌ", "full"), ("हिंदी", "हिंदी"),
    ("Ёлка", "елка"), ("한글", "한글"),
])
def test_folding(typed: str, same: str) -> None:
    assert folded(typed) == same
    assert folded(folded(typed)) == same
