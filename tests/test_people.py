"""Whom words mean: by name, mail or nearly so, in either script, and while a name is still being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.demo import TENANT, person_id

if TYPE_CHECKING:
    from storage.record import Record

ANN_LEE, ANN_KOVACS, BO, LIHUA, WANGFANG, CHENWEI, VICTOR, ZOE = 5, 7, 8, 3, 9, 12, 36, 23


async def meant(record: Record, words: str) -> set[str]:
    return {person.id for person in await record.people.resolve(TENANT, words)}


@pytest.mark.parametrize(
    ("words", "people"),
    [
        (person_id(BO), [BO]),
        ("ann.lee@contoso.example", [ANN_LEE]),
        ("ANN.LEE@contoso.example", [ANN_LEE]),
        ("ann.lee", [ANN_LEE]),
        ("Ann Lee", [ANN_LEE]),
        ("lee ann", [ANN_LEE]),
        ("Lee, Ann", [ANN_LEE]),
        ("ann", [ANN_LEE, ANN_KOVACS]),
        ("Ann K.", [ANN_KOVACS]),
        ("A. Lee", [ANN_LEE]),
        ("Ms Lee", [ANN_LEE]),
        ("bo", [BO]),
        ("zoe", [ZOE]),
        ("Zoë Martin", [ZOE]),
        ("Hugo", [VICTOR]),
        ("Ramos Victor Hugo", [VICTOR]),
        ("Vic", [VICTOR]),
        ("Kovaks", [ANN_KOVACS]),
        ("Ann Kovasc", [ANN_KOVACS]),
        ("李华", [LIHUA]),
        ("王芳", [WANGFANG]),
        ("王女士", [WANGFANG]),
        ("小王", [WANGFANG]),
        ("芳", [WANGFANG]),
        ("Chen Wei", [CHENWEI]),
        ("Wei Chen", [CHENWEI]),
        ("chenwei", [CHENWEI]),
        ("nobody at all", []),
        ("", []),
        ("！？", []),
    ],
)
async def test_words_mean_whom_they_fit_best(contoso: Record, words: str, people: list[int]) -> None:
    assert await meant(contoso, words) == {person_id(number) for number in people}


async def test_what_fits_exactly_goes_before_what_fits_nearly(contoso: Record) -> None:
    await contoso.people.seen(TENANT, "hanna", name="Hanna Suzuki", member=True)
    assert await meant(contoso, "Hana Suzuki") == {person_id(21)}
    assert await meant(contoso, "Hanna") == {"hanna"}


async def test_the_erased_are_meant_by_nothing_and_other_organisations_are_not_looked_at(contoso: Record) -> None:
    assert await meant(contoso, "Owen Price") == {person_id(20)}
    await contoso.privacy.erase(TENANT, person_id(20))
    assert await meant(contoso, "Owen Price") == await meant(contoso, person_id(20)) == set()
    assert await contoso.people.search(TENANT, "owen") == ()
    assert await contoso.people.resolve("elsewhere", "Ann Lee") == ()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("an", ["Ann Kovacs", "Ann Lee"]),
        ("ann l", ["Ann Lee"]),
        ("kov", ["Ann Kovacs"]),
        ("wang", ["王芳"]),
        ("王", ["王芳"]),
        ("zoë", ["Zoë Martin"]),
        ("", []),
        ("%", []),
    ],
)
async def test_people_are_found_while_a_name_is_typed(contoso: Record, typed: str, names: list[str]) -> None:
    assert [person.name for person in await contoso.people.search(TENANT, typed)] == names


async def test_a_list_of_people_is_as_long_as_is_asked_for(contoso: Record) -> None:
    assert len(await contoso.people.search(TENANT, "a")) > 3
    assert len(await contoso.people.search(TENANT, "a", limit=3)) == 3
