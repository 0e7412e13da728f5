"""Conversations at random: people interrupt, correct, abandon, repeat, switch language, and tap any card there is."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from dialogs.desk import PRIVATE_CHAT
from storage.catalog import Catalog
from storage.demo import TENANT, person_id
from storage.models import PlanStep
from tests.held import Held, look

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from random import Random

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.conversations import Conversations
    from storage.record import Record
    from tests.people import Person

STEPS = 8  # of one conversation
LARGEST_STATE = 2_000  # bytes
WHO = (1, 3, 4, 5, 8, 12)
PRODUCTS = ("Power BI Pro", "Visio Plan 2", "Visio", "Teams Premium", "Visio计划1", "Project Plan 3", "Copilot")
NAMED = ("Ann Lee", "Bo", "李雷", "Grace Okafor", "Ann", "Evan", "me")
YES = ("yes", "Yes please", "confirm", "是", "确认", "好的")
SAID = (
    # tasks
    "add {n} licenses to {product}",
    "给{product}加{n}个许可证",
    "set {product} to {n}",
    "{product}减到{n}个",
    "remove {n} licenses from {product}",
    "add licenses",
    "give {product} to {name}",
    "把{product}分配给{name}",
    "take {product} back from {name}",
    "收回{name}的{product}",
    "move {product} from {name} to {other}",
    "buy {n} {product}",
    "买{n}个{product}",
    "cancel {product}",
    "取消{product}订阅，太贵了",
    "turn off recurring billing for {product}",
    "打开{product}的自动续订",
    "share {product} with the Sales team",
    "set {product} to {n}, then give one to {name}",
    "{product}减到{n}个，再给{name}一个",
    "add {n} licenses to {product}, buy {n} Clipchamp and give {product} to {name}",
    "给{product}加{n}个，再把Visio Plan 1分配给{name}",
    "ask for an unused license of {product}",
    "申请一个空闲的{product}许可证",
    "request {product} for {name}",
    "requests waiting",
    "without the second",
    "第一个不要了",
    "without {product}",
    "不要{name}",
    "and give {name} one too",
    "再给{name}一个",
    "and buy {n} Clipchamp",
    # answers and corrections
    "{n}",
    "{product}",
    "{product}, {n}",
    "{name}",
    "the second one",
    "第一个",
    "actually make it {n}",
    "不对，是{n}个",
    "not {name}, {other}",
    "and {name} too",
    "at renewal",
    "too expensive",
    "for a year",
    "ask their owner",
    "问问有没有空闲的",
    # what points back
    "give it to {name}",
    "the same for {product}",
    "take it back from them",
    "刚才那个再加{n}个",
    "也给{name}一个",
    "where were we?",
    "说到哪了",
    # flow
    "never mind",
    "算了",
    "cancel",
    "no",
    "不要",
    "undo that",
    "撤销刚才的",
    "hm, what",
    "天气不错",
    "don't cancel {product}",
    "what if I cancel {product}?",
    *YES,
    *YES,
    *YES,
    # in the middle
    "what do I have?",
    "我有哪些订阅",
    "show {product}",
    "who has {product}?",
    "谁有{product}",
    "what can I buy?",
    "help",
    "帮助",
    "hello",
    "thanks",
    "谢谢",
    "English please",
    "用中文",
)
HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z][a-z']*(?: [a-z']+){2,}")  # three words in a row, as no name has them
AMOUNT = re.compile(r"[$¥€]\s?\d|\d[.,]\d\d\b")
BROKEN = ("Something went wrong on our side", "我们这边出了问题", "reach my records", "无法访问账本")
CONTOSO = tomllib.loads(resources.files("storage").joinpath("data", "contoso.toml").read_text("utf-8"))
_NAMES = sorted(
    {
        *(product.name for product in Catalog().products),
        *(person["name"] for person in CONTOSO["people"].values()),
        *("Sales", "License Desk", "Microsoft 365", "Teams"),
    },
    key=len,
    reverse=True,
)


@dataclass
class Wandering:
    """One office, and people in it who never finish a thought. Every step is held to what must always be true."""

    record: Record
    conversations: Conversations
    clock: FrozenClock
    person: Callable[[int], Person]
    random: Random
    cards: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by who saw them
    said: dict[str, set[str]] = field(default_factory=dict)  # by whom
    offered: dict[str, list[str]] = field(default_factory=dict)  # the offers somebody has seen, the latest last
    commits: int = 0  # by anybody, so far
    _latest: tuple[int, Held] | None = None  # what was held after so many of them

    async def converses(self) -> None:
        """A whole conversation of one or two people, each of them here and there."""
        people = [self.person(number) for number in self.random.sample(WHO, self.random.choice((1, 1, 2)))]
        before = await self.held()
        for _ in range(STEPS):
            who = self.random.choice(people)
            who.scope = self.random.choice(("personal", "personal", "personal", "channel", "groupChat"))
            may_do = await self._with_steps(await self._acts(who))
            after = await self.held()
            self.check(who, before, after, may_do)
            await self._check_state(who)
            self._remember(who)
            before = after
            if self.random.random() < 0.03:
                self.clock.advance(timedelta(minutes=self.random.choice((1, 11, 16))))

    async def held(self) -> Held:
        """The record as it stands; where nobody has committed anything since the last look, it stands as it did."""
        commits = self.commits
        if self._latest is None or self._latest[0] != commits:
            self._latest = commits, await look(self.record)
        return self._latest[1]

    async def _with_steps(self, offers: list[str]) -> list[str]:
        """The offers, and of those that are plans the steps."""
        if not offers:
            return []

        async def steps(session: AsyncSession) -> list[str]:
            return list(await session.scalars(select(PlanStep.operation_id).where(PlanStep.plan_id.in_(offers))))

        return [*offers, *await self.record.database.read(steps)]

    def check(self, who: Person, before: Held, after: Held, may_do: list[str]) -> None:
        """What must be true of every answer, and of what it did."""
        shown = [str(each).strip() for each in who.latest]
        story = f"\n{who.transcript()}"
        assert shown and all(shown), f"an answer is empty{story}"
        assert not [text for text in shown for broken in BROKEN if broken in text], f"something broke{story}"
        done = after.done - before.done
        assert done <= set(may_do), f"done without its own confirmed quote: {done}{story}"
        accounted = done or after.by_itself != before.by_itself
        assert accounted or after.rest == before.rest, f"the record changed without an operation{story}"
        public = [str(each) for each in who.latest if who.scope != "personal" and not each.private]
        assert not any(map(AMOUNT.search, public)), f"an amount in public{story}"
        foreign = mixed("\n".join(shown), self.said.get(who.name, set()))
        assert not foreign, f"two languages in one answer: {foreign}{story}"

    async def _check_state(self, who: Person) -> None:
        state = await self.conversations.kept(TENANT, PRIVATE_CHAT, person_id(who.number))
        size = len(json.dumps(state, separators=(",", ":")).encode())
        assert size <= LARGEST_STATE, f"{size} bytes of state: {state}\n{who.transcript()}"

    # -- what people do ----------------------------------------------------------------------------------------

    async def _acts(self, who: Person) -> list[str]:
        """Say or tap something; the offers that may be carried out by it."""
        mine = self.cards.get(who.name, [])
        anybodys = [card for cards in self.cards.values() for card in cards]
        match self.random.random():
            case chance if chance < 0.25 and mine:
                return await self._taps(who, mine[-1])
            case chance if chance < 0.32 and mine:
                return await self._taps(who, self.random.choice(mine[-12:]))
            case chance if chance < 0.36 and anybodys:
                return await self._taps(who, self.random.choice(anybodys[-40:]))
            case chance if chance < 0.40 and anybodys:
                return await self._taps(who, self.random.choice(anybodys[-40:]), tampered=True)
        words = self.random.choice(SAID).format(
            n=self.random.choice((0, 1, 2, 3, 5, 12, 22)),
            product=self.random.choice(PRODUCTS),
            name=self.random.choice(NAMED),
            other=self.random.choice(NAMED),
        )
        self.said.setdefault(who.name, set()).add(words)
        await who.says(words)
        return self.offered.get(who.name, [])[-1:] if words in YES else []

    async def _taps(self, who: Person, card: dict[str, Any], *, tampered: bool = False) -> list[str]:
        action = self.random.choice(card["actions"])
        data = {**action["data"], **{each["id"]: self._filled(each) for each in _inputs(card)}}
        if tampered:
            key = self.random.choice(list(data))
            forged = self.random.choice(["", "x" * 70, "0", "confirm", person_id(3), None, 7, ["a"], {"a": "b"}])
            data = {**data, key: forged} if self.random.random() < 0.8 else {k: v for k, v in data.items() if k != key}
        who.told.append(f"{who.name}: [{action['title']}] {data}")
        await who.sends_tap(data)
        seen = self.offered.get(who.name, [])
        if "say" in data:  # a button that says something is that person saying it, whatever was made of the words
            return seen[-1:] if data["say"] in YES else []
        offer = data.get("op", data.get("plan"))
        return [offer] if data.get("do") == "confirm" and offer in seen else []

    def _filled(self, element: dict[str, Any]) -> str:
        choices = [choice["value"] for choice in element.get("choices", [])]
        return self.random.choice([*choices, "", "4", "more people"])

    def _remember(self, who: Person) -> None:
        tapped = [(card, [each for each in card.get("actions", []) if "data" in each]) for card in who.cards]
        fresh = [{**card, "actions": actions} for card, actions in tapped if actions]  # a link leads out of here
        who.cards.clear()
        self.cards.setdefault(who.name, []).extend(fresh)
        taps = [action["data"] for card in fresh for action in card["actions"]]
        offers = [data.get("op", data.get("plan")) for data in taps if data.get("do") == "confirm"]
        self.offered.setdefault(who.name, []).extend(offers)


def mixed(text: str, said: Collection[str] = ()) -> str:
    """The English in a text that also has Chinese; names and what the reader has `said` are in no language."""
    for name in (*_NAMES, *sorted(said, key=len, reverse=True)):
        text = text.replace(name, "·")
    english = ENGLISH.search(text)
    return english[0] if english and HAN.search(text) else ""


def _inputs(element: Any) -> list[dict[str, Any]]:
    """The fields of a card, wherever they are in it."""
    if isinstance(element, list):
        return [each for one in element for each in _inputs(one)]
    if not isinstance(element, dict):
        return []
    own = [element] if str(element.get("type", "")).startswith("Input.") else []
    return [*own, *(each for key, value in element.items() if key != "actions" for each in _inputs(value))]
