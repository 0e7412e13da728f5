"""Whom words mean: by name, mail or nearly so, in either script, and while a name is still being typed."""

from __future__ import annotations

import asyncio
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from storage import people
from storage.demo import TENANT, person_id
from storage.naming import MOST_PARTS, Called, Fit, Words, _each_fits
from storage.people import KEPT_READY, MOST_DIRECTORIES
from storage.record import Record
from storage.views import MOST_NAMED

if TYPE_CHECKING:
    from storage.clock import FrozenClock

ANN_LEE, ANN_KOVACS, BO, LIHUA, WANGFANG, CHENWEI, VICTOR, ZOE = 5, 7, 8, 3, 9, 12, 36, 23


async def meant(record: Record, words: str) -> set[str]:
    return {person.id for person in (await record.people.resolve_all(TENANT, [words]))[words]}


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
    assert await contoso.people.resolve_all("elsewhere", ["Ann Lee"]) == {"Ann Lee": ()}


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


async def statements(record: Record, *names: str) -> list[str]:
    """What the database is asked when these names are resolved at once."""
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = record.database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", listen)
    await record.people.resolve_all(TENANT, names)
    event.remove(engine, "before_cursor_execute", listen)
    return [statement for statement in asked if "FROM people" in statement]


async def test_many_names_read_the_directory_once_and_ids_and_mails_not_at_all(contoso: Record) -> None:
    names = ("Ann Lee", "bo", "李华", "Kovaks", "nobody at all")
    together = await contoso.people.resolve_all(TENANT, names)
    assert {name: {each.id for each in found} for name, found in together.items()} == {
        name: await meant(contoso, name) for name in names
    }
    assert list(together) == list(names)
    assert len(await statements(contoso, *names)) == len(await statements(contoso, names[0])) == 3
    assert len(await statements(contoso, person_id(BO), "ANN.LEE@contoso.example")) == 2


async def test_more_names_than_a_message_may_hold_are_refused(contoso: Record) -> None:
    names = [f"name {number}" for number in range(MOST_NAMED + 1)]
    assert len(await contoso.people.resolve_all(TENANT, names[:MOST_NAMED])) == MOST_NAMED
    with pytest.raises(ValueError, match="100 is the most"):
        await contoso.people.resolve_all(TENANT, names)


async def test_nobody_waits_while_names_are_compared(contoso: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = set()

    class Watched(Called):
        def fit(self, words: Words) -> Fit | None:
            threads.add(current_thread())
            return super().fit(words)

        def begins(self, typed: Words) -> bool:
            threads.add(current_thread())
            return super().begins(typed)

    monkeypatch.setattr(people, "Called", Watched)
    assert await meant(contoso, "Kovaks") == {person_id(ANN_KOVACS)}
    assert await contoso.people.search(TENANT, "kov")
    assert threads
    assert main_thread() not in threads


async def test_guests_and_disabled_accounts_hide_no_member_while_a_name_is_typed(contoso: Record) -> None:
    for number in range(10):
        await contoso.people.seen(TENANT, f"guest{number}", name=f"Ann A{number}", member=False)
    found = await contoso.people.search(TENANT, "ann", limit=2)
    assert [person.name for person in found] == ["Ann Kovacs", "Ann Lee"]
    assert len(await meant(contoso, "ann")) == 12  # whoever is named outright is told why not


def test_a_word_gives_its_place_up_to_one_that_has_no_other() -> None:
    assert Called("", "Anna Xi Albert", "").fit(Words("A Anna")) is Fit.SHORT
    assert Called("", "Anna Xi Bo", "").fit(Words("A Anna")) is None


def test_names_of_equal_parts_take_few_comparisons() -> None:
    compared = 0

    def fits(name: str, word: str) -> bool:
        nonlocal compared
        compared += 1
        return name == word

    assert not _each_fits([*"aaaaaaaaaaa", "b"], [*"aaaaaaaaaaaa"], fits)
    assert 12 <= compared <= 12**3


def test_what_has_too_many_parts_is_a_name_only_as_a_whole() -> None:
    parts = [f"part{number}" for number in range(MOST_PARTS + 2)]
    called = Called("", " ".join(parts), "")
    assert called.fit(Words(" ".join(parts))) is Fit.EXACT
    assert called.fit(Words(" ".join(parts[:MOST_PARTS]))) is Fit.PARTS
    assert called.fit(Words(" ".join(parts[: MOST_PARTS + 1]))) is None


async def test_the_directory_is_kept_ready_until_somebody_comes_goes_or_is_renamed(record: Record) -> None:
    async def meant(name: str) -> list[str]:
        return [view.id for view in (await record.people.resolve_all("t", [name]))[name]]

    await record.people.seen("t", "p1", name="Karin Holm", member=True)
    assert await meant("Karin") == ["p1"]
    ready = await record.people._directory("t")
    await record.people.seen("t", "p1", name="Karin Holm", department="Sales", member=True)
    assert await record.people._directory("t") is ready
    await record.people.seen("t", "p1", name="Karin Berg", member=True)
    assert (await meant("Berg"), await meant("Holm")) == (["p1"], [])
    await record.people.seen("t", "p2", name="Karin Holm", member=True)
    assert await meant("Karin") == ["p1", "p2"]
    await record.privacy.erase("t", "p1")
    assert await meant("Karin") == ["p2"]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # the other has a file to itself
async def test_whom_another_process_erases_is_forgotten_here_though_nobody_asks_for_a_name_any_more(
    record: Record, clock: FrozenClock, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def known() -> bool:
        return "Karin Holm" in str([directory.people for directory in record.people._directories.values()])

    await record.people.seen("t", "p", name="Karin Holm", member=True)
    assert (await record.people.resolve_all("t", ["Karin"]))["Karin"]
    other = await Record.open(database_url, clock, timezone=record.timezone, currency="USD")
    await other.privacy.erase("t", "p")
    await other.close()
    assert known()
    loop = asyncio.get_running_loop()
    now = loop.time()
    monkeypatch.setattr(loop, "time", lambda: now + KEPT_READY + 1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not known()


async def test_no_more_than_a_few_directories_are_kept(record: Record) -> None:
    for number in range(MOST_DIRECTORIES + 3):
        await record.people.seen(f"t{number}", "p", name="Karin Holm", member=True)
        assert (await record.people.resolve_all(f"t{number}", ["Karin"]))["Karin"]
    assert list(record.people._directories) == [f"t{number}" for number in range(3, MOST_DIRECTORIES + 3)]
