// The try-it page in the browser: draws what the stream brings, sends what is typed and tapped, loses no word.

const page = JSON.parse(document.body.dataset.page);
const texts = page.texts;
const bot = "@License Desk";
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => within.querySelectorAll(selector);
const field = one("#field");
const logs = { personal: one("#personal"), channel: one("#channel") };
const waiting = { personal: 0, channel: 0 };
const unread = { personal: 0, channel: 0 };
const clock = new Intl.DateTimeFormat(page.language, { hour: "numeric", minute: "2-digit" });

let room = page.room;
let seen = 0; // the newest revision drawn
let live = false; // what was said before this window opened is drawn; from now on it is news
let stream = null;

// ---- small things

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function initials(name) {
  const words = name.split(/\s+/);
  return /[\u4e00-\u9fff]/.test(name) ? name.slice(-2) : (words[0][0] + (words.at(-1)[0] ?? "")).toUpperCase();
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function languageOf(text) {
  return /[\u4e00-\u9fff]/.test(text) ? "zh-CN" : "en";
}

// Kept for this tab over a reload; a browser that forbids it only loses that comfort.
const kept = {
  read(name, otherwise) {
    try {
      return JSON.parse(sessionStorage.getItem(`${page.as}:${name}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      sessionStorage.setItem(`${page.as}:${name}`, JSON.stringify(value));
    } catch {
      // storage is full or forbidden
    }
  },
};

// ---- drawing

function face(entry) {
  if (entry.author === 0) {
    const image = element("img", "");
    Object.assign(image, { src: "/try/mark.svg", alt: "", width: 34, height: 34 });
    return image;
  }
  const node = element("span", `face face-${entry.author % 6}`, initials(entry.name));
  node.ariaHidden = "true";
  return node;
}

function content(entry) {
  if (!entry.card) return element("p", "text", entry.text);
  const holder = element("div", "");
  holder.innerHTML = entry.card; // drawn and escaped by our server; the page's policy runs no script from it
  holder.role = "group";
  holder.ariaLabel = entry.text;
  return holder;
}

function draw(entry) {
  const node = element("article", "entry");
  if (entry.author === page.as) node.classList.add("mine");
  node.tabIndex = -1;
  node.lang = entry.language;
  Object.assign(node.dataset, { entry: entry.id ?? "", key: entry.key });
  const time = element("time", "", clock.format(new Date(entry.at)));
  time.dateTime = entry.at;
  const header = element("header", "");
  header.append(element("b", "", entry.name), time);
  const body = element("div", "");
  body.append(header, content(entry));
  node.append(face(entry), body);
  return node;
}

function find(entry) {
  const log = logs[entry.room];
  const own = entry.key && entry.author === page.as ? one(`[data-key="${entry.key}"]`, log) : null;
  return one(`[data-entry="${entry.id}"]`, log) ?? own;
}

function place(entry) {
  const log = logs[entry.room];
  const follow = !live || atEnd(log) || entry.author === page.as;
  const node = draw(entry);
  const old = find(entry);
  if (old) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(node);
    if (focused) node.focus({ preventScroll: true });
  } else {
    // what is not sent yet has no number and stays last
    const later = [...all("[data-entry]", log)].find((other) => Number(other.dataset.entry || Infinity) > entry.id);
    log.insertBefore(node, later ?? null);
  }
  if (follow) toEnd(log);
  return node;
}

function atEnd(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

// Never past the beginning of what was said last: a long card is read from its top.
function toEnd(log) {
  log.scrollTop = log.scrollHeight;
  const last = [...all("[data-entry]", log)].at(-1);
  const above = last ? log.getBoundingClientRect().top - last.getBoundingClientRect().top : 0;
  if (above > 0) log.scrollTop -= above + 12;
}

function count() {
  for (const link of all(".rooms [data-room]")) {
    const number = unread[link.dataset.room];
    one(".unread", link).hidden = number === 0;
    one(".count", link).textContent = number;
  }
  const total = unread.personal + unread.channel;
  document.title = total ? `(${total}) ${texts.title}` : texts.title;
}

function showAside() {
  one(".aside")?.remove();
  const note = element("p", "aside");
  const link = element("a", "", texts.aside);
  link.href = one('[data-room="personal"]').href;
  link.dataset.room = "personal";
  note.append(link);
  logs.channel.append(note);
  toEnd(logs.channel);
}

function showWaiting() {
  const follow = atEnd(logs[room]);
  one(".waiting").hidden = waiting[room] === 0;
  if (follow) toEnd(logs[room]);
}

function enter(name) {
  room = name;
  unread[name] = 0;
  if (name === "personal") one(".aside")?.remove();
  for (const link of all(".rooms [data-room]")) {
    if (link.dataset.room === name) link.ariaCurrent = "page";
    else link.ariaCurrent = null;
  }
  for (const link of all("[data-as], .window")) link.href = link.href.replace(/room=\w+/, `room=${name}`);
  for (const [key, log] of Object.entries(logs)) log.hidden = key !== name;
  one(".mention").hidden = name !== "channel";
  field.placeholder = texts[`${name}_field`];
  field.value = kept.read(`draft-${name}`, "");
  toEnd(logs[name]);
  showWaiting();
  count();
}

// ---- the stream

function listen() {
  stream = new EventSource(`/try/as/${page.as}/events?after=${seen}`);
  stream.onmessage = (event) => receive(JSON.parse(event.data));
  stream.addEventListener("ready", ready);
  stream.onerror = () => {
    pause();
    one(".offline").hidden = false;
    setTimeout(() => stream ?? listen(), 1000);
  };
}

function pause() {
  stream?.close();
  stream = null;
}

function receive(entry) {
  seen = Math.max(seen, entry.revision);
  const known = find(entry);
  place(entry);
  if (entry.author === page.as) return forget(entry.key);
  if (!live || known || entry.room === room) return;
  unread[entry.room] += 1;
  count();
  if (entry.aside) showAside();
}

function ready() {
  one(".offline").hidden = true;
  if (live) return;
  live = true;
  for (const log of Object.values(logs)) log.ariaBusy = "false";
  for (const message of outbox()) notSent(message);
}

// ---- speaking

async function post(what, body) {
  const answer = await fetch(`/try/as/${page.as}/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(15000),
  });
  if (!answer.ok) throw new Error(String(answer.status));
}

async function whileWaiting(name, work) {
  waiting[name] += 1;
  showWaiting();
  try {
    await work();
  } finally {
    waiting[name] -= 1;
    showWaiting();
  }
}

const outbox = () => kept.read("outbox", []);
const forget = (key) => kept.write("outbox", outbox().filter((message) => message.key !== key));

function bubble(message) {
  const said = { author: page.as, name: page.name, at: new Date().toISOString(), language: languageOf(message.text) };
  return place({ ...message, ...said });
}

function notSent(message) {
  const node = bubble(message);
  const failed = element("p", "failed", texts.unsent);
  failed.role = "alert";
  const again = element("button", "", texts.again);
  again.type = "button";
  again.onclick = () => deliver(message);
  failed.append(again);
  one("div", node).append(failed);
  toEnd(logs[message.room]);
}

async function deliver(message) {
  const node = bubble(message);
  node.classList.add("sending");
  const work = () => post("say", message);
  const heard = message.room === "personal" || message.text.toLowerCase().includes(bot.toLowerCase());
  try {
    await (heard ? whileWaiting(message.room, work) : work());
    forget(message.key);
    node.classList.remove("sending");
  } catch {
    notSent(message);
  }
}

function say(text) {
  const message = { room, key: newKey(), text };
  kept.write("outbox", [...outbox(), message]);
  deliver(message);
}

function sayField() {
  const text = field.value.trim();
  if (!text) return;
  write("");
  say(text);
}

function write(text) {
  field.value = text;
  kept.write(`draft-${room}`, text);
}

function addressed(text) {
  return room === "channel" && !text.toLowerCase().includes(bot.toLowerCase()) ? `${bot} ${text}` : text;
}

// ---- tapping

function inputsOf(card) {
  const inputs = {};
  for (const typed of all(".typed [data-input]", card)) inputs[typed.dataset.input] = typed.value.trim();
  for (const choice of all(".choice", card)) {
    const chosen = [...all("input:checked", choice)].map((option) => option.value);
    one(".missing", choice).hidden = chosen.length > 0;
    if (!chosen.length) {
      one("input", choice).focus();
      return null;
    }
    inputs[choice.dataset.input] = chosen.join(","); // as Teams joins several
  }
  return inputs;
}

async function tap(button) {
  const card = button.closest(".card");
  const inputs = "needsInput" in button.dataset ? inputsOf(card) : {};
  if (card.ariaBusy === "true" || !inputs) return;
  const entry = Number(button.closest("[data-entry]").dataset.entry);
  const tapped = { room, key: newKey(), entry, data: JSON.parse(button.dataset.tap), inputs };
  card.ariaBusy = "true";
  one(".failed", card)?.remove();
  try {
    await whileWaiting(room, () => post("tap", tapped));
  } catch {
    const failed = element("p", "failed", texts.untapped);
    failed.role = "alert";
    card.append(failed);
  }
  card.ariaBusy = "false";
}

function filter(search) {
  const words = search.value.trim().toLowerCase();
  for (const option of all("label", search.closest(".choice"))) {
    const chosen = one("input", option).checked; // what is chosen stays in sight
    option.hidden = !chosen && !option.textContent.toLowerCase().includes(words);
  }
}

// ---- what people do

one(".composer").addEventListener("submit", (event) => {
  event.preventDefault();
  sayField();
  field.focus();
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // Enter may end a Chinese word
  event.preventDefault();
  sayField();
});

field.addEventListener("input", () => kept.write(`draft-${room}`, field.value));

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-tap], [data-say], .mention, [data-room]");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.dataset.tap) tap(target);
  else if (target.dataset.say) say(addressed(target.dataset.say));
  else if (target.dataset.room) {
    event.preventDefault();
    if (target.dataset.room !== room) history.pushState(null, "", target.href);
    enter(target.dataset.room);
  } else {
    write(addressed(field.value));
    field.focus();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.matches('.choice [type="search"]')) filter(event.target);
});

document.addEventListener("submit", (event) => event.preventDefault());

// Typing anywhere goes to the message field, as in other chats.
document.addEventListener("keydown", (event) => {
  const plain = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && !event.target.closest("input, select, textarea")) field.focus();
});

one("#as").addEventListener("change", (event) => {
  location.href = `/?as=${event.target.value}&room=${room}`;
});

addEventListener("popstate", () => {
  enter(new URLSearchParams(location.search).get("room") === "channel" ? "channel" : "personal");
});

// A hidden window gives its connection back (a browser has six for one server) and catches up when it is seen again.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) pause();
  else if (!stream) listen();
});

for (const node of all("[data-initials-of]")) node.textContent = initials(node.dataset.initialsOf);
one("#as").value = page.as; // not what the browser remembers of an earlier visit
if (field.value) kept.write(`draft-${room}`, field.value); // typed before this script ran
enter(room);
listen();
