"""A small desk with every kind of reply, for the tests of what stands around a desk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.web.visitors import Role, Visitor
from dialogs.elements import (
    Button,
    Card,
    ChoiceInput,
    Dropdown,
    Facts,
    Heading,
    Line,
    Link,
    Option,
    PeopleInput,
    Style,
    Table,
    TextInput,
    Tone,
)
from dialogs.turn import Place, Reply, Scope

if TYPE_CHECKING:
    from dialogs.turn import Message

TENANT = "22222222-0000-4000-8000-000000000001"
ALICE = Visitor(1, "person-1", "29:contoso-1", "Alice Chen", Role.PURCHASER, "en")
BOB = Visitor(2, "person-2", "29:contoso-2", "Bob Marsh", Role.ADMIN, "en")
LI_HUA = Visitor(3, "person-3", "29:contoso-3", "李华", Role.PURCHASER, "zh-CN")
DANA = Visitor(4, "person-4", "29:contoso-4", "Dana Ruiz", Role.LEAD, "en")
ANN = Visitor(5, "person-5", "29:contoso-5", "Ann Lee", Role.MEMBER, "en")
EVAN = Visitor(6, "person-6", "29:contoso-6", "Evan Guest", Role.GUEST, "en")
GRACE = Visitor(13, "person-13", "29:contoso-13", "Grace Okafor", Role.MEMBER, "en")
VISITORS = (ALICE, BOB, LI_HUA, DANA, ANN, EVAN, GRACE)

QUOTE = Card(
    (
        Heading("Power BI Pro: add 5 licenses"),
        Line("20 → 25 (+5)", Tone.STRONG),
        Facts(
            (
                ("Due now", "$46.67"),
                ("Next invoice, 12 Dec", "$350.00"),
                ("Each month", "$350.00"),
                ("Takes effect", "now"),
                ("Paid with", "Visa ···4242"),
            )
        ),
        Line("Twenty of thirty days of this month are left: 5 × $14.00 × 20/30.", Tone.QUIET),
    ),
    (
        Button("Buy", (("op", "op-1"), ("do", "confirm")), Style.PRIMARY),
        Button("Not now", (("op", "op-1"), ("do", "decline"))),
    ),
)
ANGEBOT = Card(
    (
        Heading("Visio 计划 1：增加 5 个许可证"),
        Line("5 → 10（+5）", Tone.STRONG),
        Facts((("现在支付", "US$16.67"), ("下一张发票", "US$50.00"), ("付款方式", "Mastercard ···5100"))),
    ),
    (Button("购买", (("op", "op-2"), ("do", "confirm")), Style.PRIMARY), Button("暂不", (("op", "op-2"),))),
)
LONG = Card((Heading("The beginning"), *(Line(f"Line {number}") for number in range(80)), Line("The end")))
REASONS = (Option("dear", "Too expensive"), Option("other", "Something else"))
WHY = Card(
    (Heading("Why?"), Dropdown("pick", "Reason", REASONS, "Choose one"), TextInput("feedback", "In your words", "")),
    (Button("Go on", (("ask", "a-2"),), Style.PRIMARY, needs_input=True),),
)
RECEIPT = Card(
    (
        Heading("Power BI Pro"),
        Line("Bought: 20 → 25 (+5)", Tone.GOOD),
        Facts((("Charged", "$46.67 to Visa ···4242"), ("Invoice", "C-2026-0007"))),
    ),
    (Link("Open the invoice", "https://contoso.example/invoice?a=1&b=2"),),
)
WHICH = Card(
    (
        Heading("Which subscription?"),
        ChoiceInput(
            "pick",
            "Your subscriptions",
            tuple(
                Option(f"s-{number}", name, f"{number * 3} licenses")
                for number, name in enumerate(
                    (
                        "Power BI Pro",
                        "Visio Plan 1",
                        "Visio Plan 2",
                        "Teams Premium",
                        "Microsoft 365 Copilot",
                        "Planner and Project Plan 3",
                        "Power Automate Premium",
                    ),
                    start=1,
                )
            ),
            "Search by name",
            "Choose one first.",
        ),
        Line("Nothing is bought before you confirm a price.", Tone.WARNING),
    ),
    (
        Button("Go on", (("ask", "ask-1"),), Style.PRIMARY, needs_input=True),
        Button("Drop it", (("ask", "ask-1"), ("pick", "none"))),
    ),
)
WHO = Card(
    (
        Heading("Who gets one?"),
        Table(("Product", "Free"), (("Power BI Pro", "3"),)),
        PeopleInput("people", "People", "Search people", "Choose somebody first.", (Option("person-1", "Yourself"),)),
        TextInput("feedback", "Why?", "A few words"),
    ),
    (Button("Go on", (("ask", "ask-2"),), Style.PRIMARY, needs_input=True),),
)


@dataclass
class SmallDesk:
    """Answers a few words; `heard` are the messages as they arrived; a set `gate` lets "wait" be answered."""

    heard: list[Message] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def welcome(self, message: Message) -> list[Reply]:
        if message.locale == "zh-CN":
            return [Reply("你好，可以用一句话更改许可证。", language="zh-CN")]
        return [Reply(f"Hello {message.name}. Say what you need in a sentence.")]

    async def handle(self, message: Message) -> list[Reply]:
        self.heard.append(message)
        if message.tap:
            return self._tapped(message)
        if message.text == "wait":
            await self.gate.wait()
        return self._answer(message)

    async def suggest(self, message: Message, typed: str) -> list[Option]:
        return [Option(message.person, f"{typed} {message.name}", "Sales")]

    def apology(self, message: Message, reference: str) -> Reply:
        return Reply(f"Sorry, {message.name}, that went wrong. Reference {reference}.")

    def _tapped(self, message: Message) -> list[Reply]:
        assert message.tap
        if message.tap.data.get("do") == "confirm":
            return [Reply("Bought: 20 → 25 (+5).", RECEIPT, Place.TAPPED)]
        return [Reply(f"chose {message.tap.inputs}", place=Place.TAPPED)]

    def _answer(self, message: Message) -> list[Reply]:
        match message.text:
            case "break":
                raise ValueError("planted")
            case "who":
                return [Reply("Who gets one?", WHO)]
            case "long":
                return [Reply("Long.", LONG)]
            case "why":
                return [Reply("Why?", WHY)]
            case "which":
                return [Reply("Which subscription?", WHICH)]
            case text if "加5" in text.replace(" ", ""):
                return [Reply("加 5 个", ANGEBOT, language="zh-CN")]
            case "add 5 licenses":
                if message.scope is Scope.PERSONAL:
                    return [Reply("Add 5 licenses for $46.67?", QUOTE)]
                private = Reply("Add 5 licenses for $46.67?", QUOTE, Place.PRIVATE)
                return [Reply(f"{message.name}, the answer is in your chat."), private]
            case text:
                return [Reply(f"you said <{text}>")]
