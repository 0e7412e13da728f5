"""People of the demo company who talk to the whole bot: Bot Framework activities over HTTP, answers as people see them.

await alice.says("add 5 licenses")
alice.sees("Which subscription?")
await alice.taps("Power BI Pro")
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from storage.demo import BOT_ID, GROUP_CONVERSATION, TENANT, person_id

if TYPE_CHECKING:
    from aiohttp import ClientSession

NAMES = {
    1: "Alice",
    2: "Bob",
    3: "李华",
    4: "Dana",
    5: "Ann",
    6: "Evan",
    7: "Ann",
    8: "Bo",
    10: "李雷",
    12: "陈伟",
    21: "Hana",
    40: "黄磊",
    48: "Nobody",
}
CHANNEL = "19:sales-licenses@thread.tacv2"
SERVICE = "http://127.0.0.1:9/"  # nobody listens there: every answer comes back in the response body

_ids = itertools.count(1)


@dataclass(frozen=True)
class Seen:
    """One answer of the desk as its reader sees it: lines of text and the buttons below them."""

    lines: tuple[str, ...]
    buttons: dict[str, dict[str, Any]]
    private: bool
    links: dict[str, str] = field(default_factory=dict)  # the pages that other buttons open

    def __str__(self) -> str:
        titles = " ".join(f"[{title}]" for title in (*self.buttons, *self.links))
        return "\n".join((*self.lines, *([titles] if titles else [])))


@dataclass
class Person:
    """Somebody with a Teams client. What is seen is checked; what was said is printed when a check fails."""

    http: ClientSession
    url: str
    number: int
    scope: str = "personal"
    tenant: str = TENANT
    locale: str = "en-US"
    service: str = SERVICE
    seen: list[Seen] = field(default_factory=list)
    latest: list[Seen] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)  # as they went over the wire

    @property
    def name(self) -> str:
        return NAMES[self.number]

    async def says(self, text: str) -> None:
        """Type a message; in a channel it mentions the bot, for otherwise the bot would not hear it."""
        self.told.append(f"{self.name}: {text}")
        await self._send({"type": "message", **self._words(text)})

    async def mentions(self, number: int, text: str) -> None:
        """Type a message in which `{}` is a mention of somebody, chosen from the list that Teams shows."""
        name = NAMES[number]
        self.told.append(f"{self.name}: {text.format(f'@{name}')}")
        words = self._words(text.format(f"<at>{name}</at>"))
        mentioned = {"id": f"29:contoso-{number}", "name": name}
        mention = {"type": "mention", "mentioned": mentioned, "text": f"<at>{name}</at>"}
        await self._send({"type": "message", **words, "entities": [*words.get("entities", []), mention]})

    async def types_ahead(self, typed: str) -> list[str]:
        """Type letters into a field for people; whom Teams then offers."""
        query = {"kind": "search", "queryText": typed, "queryOptions": {"skip": 0, "top": 15}, "dataset": "people"}
        async with self.http.post(
            self.url, json=self.activity({"type": "invoke", "name": "application/search", "value": query})
        ) as response:
            assert response.status == 200
            body = await response.json()
        return [found["title"] for found in body["value"]["results"]]

    async def taps(self, title: str, *, more: dict[str, Any] | None = None) -> None:
        """Press the newest button of that title (Action.Execute); `more` is what a forger adds to its data."""
        self.told.append(f"{self.name}: [{title}]")
        await self.sends_tap({**self.button(title), **(more or {})})

    async def sends_tap(self, data: dict[str, Any]) -> None:
        """Send the data of a button as an `adaptiveCard/action` invoke."""
        action = {"type": "Action.Execute", "verb": "desk", "data": data}
        tapped = {"replyToId": "the-tapped-card", "value": {"action": action}}
        await self._send({"type": "invoke", "name": "adaptiveCard/action", **tapped})

    async def installs(self) -> None:
        """Install the app, as when the chat is opened for the first time."""
        self.told.append(f"{self.name}: (installs License Desk)")
        await self._send({"type": "installationUpdate", "action": "add"})

    def button(self, title: str) -> dict[str, Any]:
        """The data of the newest button of that title."""
        for each in reversed(self.seen):
            if title in each.buttons:
                return dict(each.buttons[title])
        raise AssertionError(f"there is no button {title!r}\n{self.transcript()}")

    def link(self, title: str) -> str:
        """The page that the button of that title in the latest answers opens."""
        return next(each.links[title] for each in self.latest if title in each.links)

    def sees(self, *phrases: str) -> None:
        """Every phrase stands in the latest answers."""
        shown = "\n".join(map(str, self.latest))
        for phrase in phrases:
            assert phrase in shown, f"{phrase!r} is not in the last answer\n{self.transcript()}"

    def sees_nothing_of(self, *phrases: str) -> None:
        """None of the phrases stands in the latest answers."""
        shown = "\n".join(map(str, self.latest))
        for phrase in phrases:
            assert phrase not in shown, f"{phrase!r} is in the last answer\n{self.transcript()}"

    def transcript(self) -> str:
        return "\n".join(self.told)

    # -- on the wire -------------------------------------------------------------------------------------------

    def activity(self, more: dict[str, Any]) -> dict[str, Any]:
        """An activity as Teams sends it, from this person in this conversation."""
        conversation = {"conversationType": self.scope, "tenantId": self.tenant, "id": f"a:personal-{self.number}"}
        if self.scope == "channel":
            conversation |= {"isGroup": True, "id": f"{CHANNEL};messageid=1795362314896"}
        elif self.scope == "groupChat":
            conversation |= {"isGroup": True, "id": GROUP_CONVERSATION}
        return {
            "id": f"activity-{next(_ids)}",
            "from": {"id": f"29:contoso-{self.number}", "name": self.name, "aadObjectId": person_id(self.number)},
            "conversation": conversation,
            "recipient": {"id": BOT_ID, "name": "License Desk"},
            "channelData": {"tenant": {"id": self.tenant}},
            "channelId": "msteams",
            "serviceUrl": self.service,
            "locale": self.locale,
            "deliveryMode": "expectReplies",
            **more,
        }

    def _words(self, text: str) -> dict[str, Any]:
        if self.scope == "personal":
            return {"text": text}
        bot = {"id": BOT_ID, "name": "License Desk"}
        mention = {"type": "mention", "mentioned": bot, "text": "<at>License Desk</at>"}
        return {"text": f"<at>License Desk</at> {text}", "entities": [mention]}

    async def _send(self, more: dict[str, Any]) -> None:
        async with self.http.post(self.url, json=self.activity(more)) as response:
            assert response.status == 200, f"{response.status}\n{self.transcript()}"
            body = await response.json()
        self.latest = [seen(each) for each in answers(body)]
        self.cards += [card for card in map(_card, answers(body)) if card]
        self.seen += self.latest
        self.told += [f"Desk: {line}" for each in self.latest for line in str(each).splitlines()]


def answers(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The activities in a response; the card in an invoke's answer counts as one."""
    replies = list(body["activities"])
    if "value" not in body or any(_card(reply) == body["value"] for reply in replies):
        return replies
    if isinstance(body["value"], dict):
        return [{"attachments": [{"content": body["value"]}]}, *replies]
    return [{"text": body["value"]}, *replies] if body["value"] else replies


def _card(activity: dict[str, Any]) -> dict[str, Any] | None:
    attachments = activity.get("attachments")
    return attachments[0]["content"] if attachments else None


def seen(activity: dict[str, Any]) -> Seen:
    """What a reader sees of an activity: its card if it has one, else its text."""
    private = activity.get("conversation", {}).get("conversationType") == "personal"
    card = _card(activity)
    if card is None:
        return Seen((activity.get("text", ""),), {}, private)
    lines = [line for element in card["body"] for line in _lines(element)]
    actions = card.get("actions", [])
    buttons = {action["title"]: action["data"] for action in actions if "data" in action}
    links = {action["title"]: action["url"] for action in actions if "url" in action}
    return Seen(tuple(lines), buttons, private, links)


def _lines(element: dict[str, Any]) -> list[str]:
    match element["type"]:
        case "TextBlock":
            return [_unescaped(element["text"])]
        case "FactSet":
            return [f"{_unescaped(f['title'])}: {_unescaped(f['value'])}" for f in element["facts"]]
        case "Input.ChoiceSet":
            return [element["label"], *(f"• {choice['title']}" for choice in element["choices"])]
        case "Input.Text":
            return [f"{element['label']}: {element['placeholder']}"]
        case "Table":
            rows = [[cell["items"][0]["text"] for cell in row["cells"]] for row in element["rows"]]
            return [" | ".join(map(_unescaped, row)) for row in rows]
        case "Chart.HorizontalBar":
            return [f"{element['title']}: {', '.join(bar['x'] for bar in element['data'])}"]
        case "Container":
            return [line for item in element["items"] for line in _lines(item)]
    raise AssertionError(f"nobody can see a {element['type']}")


def _unescaped(markdown: str) -> str:
    return markdown.replace("\\", "").replace("\u200b", "")
