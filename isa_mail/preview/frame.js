// Shows the draft as its readers see it, and follows every save. What it shows comes from the server, or, in an exported
// page, from the data in the page itself. Whatever was typed or listed by people is set as text, never as markup.
"use strict";

const $ = (id) => document.getElementById(id);
const data = $("data") && JSON.parse($("data").textContent); // an exported page; else there is a server
const KEPT = "isa-mail preview"; // what the page remembers until its tab is closed
const DESKTOP = 640; // px, the least that a desktop's letter needs; in a narrower window it is shown smaller
// The elements by whose number a place in the letter is known: isa_mail/preview/blocks.py counts the same.
const BLOCKS = "h1,h2,h3,h4,h5,h6,p,li,td,th,caption,blockquote,pre,img,div";

let draft = { version: 0, drawn: 0, languages: [], findings: [], errors: [] };
const chosen = {
  view: matchMedia("(max-width: 600px)").matches ? "phone" : "desktop",
  language: "", // its code, or "all"
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
  bare: false, // without pictures
  plain: false, // without style sheets
  keys: true, // WCAG 2.1.4: who speaks to the computer, or strikes keys by accident, can do without
};
let reader = null; // whose letter is shown; null: nobody's in particular
let finding = -1; // the one that was clicked last
try {
  Object.assign(chosen, JSON.parse(sessionStorage.getItem(KEPT)));
} catch {
  // a browser that keeps nothing for pages from a disk
}

// --- where things come from -------------------------------------------------------------------------------

async function ask(address) {
  try {
    const answer = await fetch(address);
    if (answer.ok) return answer.json();
  } catch {
    showEnded(true);
  }
  return new Promise(() => {}); // nothing to show: the next news, or the next preview, begin anew
}

const number = () => (reader ? reader.number : 0);
const askDraft = async () => (data ? data.draft : ask("draft"));
const askPeople = async (words) => (data ? data : ask(`people?words=${encodeURIComponent(words)}`));
const askFacts = async (language) => (data ? data.letters[`${language}/${number()}`] : ask(`facts/${draft.drawn}/${language}/${number()}`));

function fill(frame, language) {
  if (!data) {
    frame.src = `letter/${draft.drawn}/${language}/${number()}`;
    return;
  }
  let html = data.letters[`${language}/${number()}`].html;
  for (const [address, picture] of Object.entries(data.pictures)) html = html.replaceAll(`"${address}"`, `"${picture}"`);
  frame.srcdoc = html;
}

// --- small things -----------------------------------------------------------------------------------------

function element(tag, text = "", name = "") {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
}

const size = (octets) => (octets < 999500 ? `${Math.round(octets / 1e3)} KB` : `${(octets / 1e6).toFixed(1)} MB`); // as `build` does
const letters = () => [...document.querySelectorAll(".letter")];
const frameOf = (letter) => letter.querySelector("iframe:last-of-type");
const languagesShown = () => (chosen.language === "all" ? draft.languages.map((each) => each.code) : [chosen.language]);

// --- the letter -------------------------------------------------------------------------------------------

// What the switches show is done to the page in the frame; the letter that was served stays as it is.
const conditions = new WeakMap();
const sources = new WeakMap();

function dress(frame) {
  const page = frame.contentDocument;
  const dark = chosen.dark && !chosen.plain;
  for (const sheet of page.styleSheets) {
    sheet.disabled = chosen.plain;
    for (const rule of sheet.cssRules) {
      if (!rule.media) continue;
      if (!conditions.has(rule)) conditions.set(rule, rule.media.mediaText);
      rule.media.mediaText = conditions
        .get(rule)
        .replace(/\(prefers-color-scheme:\s*(dark|light)\)/g, (_, scheme) => ((scheme === "dark") === dark ? "(min-width: 0)" : "(max-width: 0)"));
    }
  }
  page.documentElement.style.setProperty("color-scheme", dark ? "dark" : "light", "important");
  for (const picture of page.images) {
    if (!sources.has(picture)) sources.set(picture, picture.getAttribute("src"));
    if (chosen.bare) picture.removeAttribute("src");
    else if (!picture.hasAttribute("src")) picture.setAttribute("src", sources.get(picture));
  }
}

function opened(frame) {
  const page = frame.contentDocument;
  // The letter may run no script and go nowhere itself: its links open beside the preview.
  for (const link of page.querySelectorAll("a[href]")) {
    const address = link.getAttribute("href");
    if (!address.startsWith("#")) link.target = "_blank";
    else if (data) link.setAttribute("href", `about:srcdoc${address}`);
  }
  page.addEventListener("click", (event) => {
    if (!event.target.closest("a[href]")) nameBlock(frame, event.target.closest(BLOCKS));
  });
  page.addEventListener("keydown", pressed);
  dress(frame);
}

// A new version is opened behind the one that is seen, and takes its place when it is there, at the same spot.
function show(letter, language) {
  const sheet = letter.querySelector(".sheet");
  const old = [...sheet.children];
  const frame = element("iframe");
  frame.title = `The letter, ${letter.dataset.name}`;
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  delete letter.dataset.drawn;
  letter.ready = new Promise((resolve) => {
    frame.addEventListener("load", () => {
      const spot = old.map((each) => each.contentDocument?.scrollingElement?.scrollTop).find(Boolean) || 0;
      opened(frame);
      frame.contentDocument.scrollingElement.scrollTop = spot;
      old.forEach((each) => each.remove());
      fit();
      letter.dataset.drawn = draft.drawn;
      resolve();
    });
  });
  fill(frame, language);
  sheet.append(frame);
  fit();
}

function showText(letter, text) {
  const sheet = letter.querySelector(".sheet");
  const old = sheet.querySelector("pre");
  const made = element("pre", text);
  made.tabIndex = 0;
  made.setAttribute("role", "region");
  made.setAttribute("aria-label", `The plain text, ${letter.dataset.name}`);
  const spot = old ? old.scrollTop : 0;
  sheet.replaceChildren(made);
  made.scrollTop = spot;
}

// A window that is narrower than a desktop shows the desktop's letter smaller, not the phone's.
function fit() {
  for (const frame of document.querySelectorAll("iframe")) {
    const room = frame.parentElement.clientWidth;
    if (!room) continue; // the details are in its place
    const scale = chosen.view === "desktop" && room < DESKTOP ? room / DESKTOP : 1;
    frame.style.width = scale < 1 ? `${DESKTOP}px` : "";
    frame.style.height = scale < 1 ? `${100 / scale}%` : "";
    frame.style.transform = scale < 1 ? `scale(${scale})` : "";
  }
}

let turn = 0; // of the newest call; an older one that comes back late has nothing to show any more
async function showLetters() {
  const mine = ++turn;
  const codes = draft.drawn ? languagesShown() : [];
  const facts = await Promise.all(codes.map(askFacts));
  if (mine !== turn) return;
  const there = letters();
  if (there.map((each) => each.lang).join() !== codes.join()) $("stage").replaceChildren(...codes.map(newLetter));
  letters().forEach((letter, at) => showLetter(letter, codes[at], facts[at]));
  const failed = facts.find((each) => each.error);
  showErrors(draft.errors.length ? draft.errors : failed ? [failed.error] : []);
  const first = facts.find((each) => !each.error);
  if (first) showMessage(first);
}

function newLetter(code) {
  const letter = $("letter").content.cloneNode(true).firstElementChild;
  letter.lang = code;
  letter.dataset.name = draft.languages.find((each) => each.code === code)?.name || code;
  letter.setAttribute("aria-label", letter.dataset.name);
  return letter;
}

function showLetter(letter, code, facts) {
  letter.classList.toggle("is-missing", Boolean(facts.error));
  if (facts.error) return;
  letter.facts = facts;
  letter.querySelector(".face").textContent = [...facts.sender][0] || "";
  letter.querySelector(".sender").textContent = facts.sender;
  letter.querySelector(".subject").textContent = facts.subject;
  letter.querySelector(".snippet").textContent = facts.snippet;
  const state = `${draft.drawn}/${number()}`;
  if (chosen.view === "text") showText(letter, facts.text);
  else if (letter.dataset.state !== state || !frameOf(letter)) show(letter, code);
  letter.dataset.state = chosen.view === "text" ? "" : state;
}

// --- places in the letter ---------------------------------------------------------------------------------

let marked = null;
function mark(spot) {
  if (marked) marked.style.outline = marked.style.outlineOffset = "";
  marked = spot;
  if (!spot) return;
  spot.style.outline = "3px solid #e8590c";
  spot.style.outlineOffset = "3px";
  spot.scrollIntoView({ block: "center" });
}

function name(place) {
  $("where").hidden = !place;
  $("where").firstElementChild.textContent = place || "";
}

function nameBlock(frame, block) {
  const letter = frame.closest(".letter");
  const blocks = [...frame.contentDocument.querySelectorAll(BLOCKS)];
  const lines = Object.entries(letter.facts.lines);
  const place = lines.find(([, number]) => number === blocks.indexOf(block) + 1);
  mark(place ? block : null);
  name(place ? place[0] : "");
}

async function showFinding(at) {
  finding = at;
  const found = draft.findings[at];
  for (const each of document.querySelectorAll(".finding")) {
    const pressed = Number(each.dataset.at) === at;
    each.setAttribute("aria-pressed", pressed);
    if (!pressed) continue;
    if (each.parentElement.matches("details")) each.parentElement.open = true;
    each.scrollIntoView({ block: "nearest" });
  }
  if (found.language && chosen.view === "text") await choose({ view: "desktop" });
  if (found.language && !languagesShown().includes(found.language)) await choose({ language: found.language });
  mark(null);
  name(found.place);
  if (!found.language) return;
  if (!wide.matches) showAside(false);
  const letter = letters().find((each) => each.lang === found.language);
  if (!letter?.ready) return;
  await letter.ready;
  const number = letter.facts.lines[found.place] || letter.facts.lines[`${found.place}:1`];
  const spot = number && frameOf(letter).contentDocument.querySelectorAll(BLOCKS)[number - 1];
  mark(spot?.checkVisibility() ? spot : letter.querySelector(".inbox"));
}

// --- the page around it -----------------------------------------------------------------------------------

const MANY = 4; // findings of one kind that are folded up
const SEVERITIES = { blocks: "To be mended", warning: "To be looked at", hint: "Good to know" };

function showErrors(errors) {
  const card = $("errors");
  document.body.classList.toggle("has-errors", errors.length > 0);
  card.hidden = !errors.length;
  if (!errors.length) return;
  card.querySelector("h2").textContent = errors.length === 1 ? "Something has to be mended first" : `${errors.length} things have to be mended first`;
  card.querySelector("ol").replaceChildren(
    ...errors.map((error) => {
      const item = element("li");
      if (error.place) item.append(element("code", error.place));
      item.append(element("p", error.message, "message"), element("p", error.hint, "next"));
      return item;
    }),
  );
}

function showFindings() {
  const parts = [];
  for (const [severity, title] of Object.entries(SEVERITIES)) {
    const found = draft.findings.filter((each) => each.severity === severity);
    if (found.length) parts.push(element("h3", `${title}: ${found.length}`, severity));
    for (const code of new Set(found.map((each) => each.code))) {
      const buttons = found.filter((each) => each.code === code).map(findingButton);
      if (buttons.length < MANY) parts.push(...buttons);
      else parts.push(folded(buttons));
    }
  }
  $("findings").replaceChildren(...(parts.length ? parts : [element("p", "None.", "quiet")]));
  $("count").textContent = draft.findings.length || "";
  $("count").className = draft.findings[0]?.severity || "";
}

function findingButton(found) {
  const at = draft.findings.indexOf(found);
  const button = element("button", "", "finding");
  button.type = "button";
  button.dataset.at = at;
  button.setAttribute("aria-pressed", at === finding);
  const place = element("code");
  place.append(element("small", found.code), found.place.replace(`editions/${draft.edition}/`, ""));
  button.append(element("span", found.message), element("span", found.hint, "quiet"), place);
  button.addEventListener("click", () => showFinding(at));
  return button;
}

function folded(buttons) {
  const group = element("details");
  const title = element("summary");
  title.append(element("b", `${buttons.length} ×`), " ", buttons[0].firstElementChild.textContent);
  group.append(title, ...buttons);
  group.open = buttons.some((each) => each.getAttribute("aria-pressed") === "true");
  return group;
}

function showMessage(facts) {
  $("sizes").replaceChildren(
    ...facts.sizes.map((each) => {
      const row = element("div");
      row.append(element("dt", each.name), element("dd", size(each.octets)));
      if (each.most) {
        const meter = element("meter");
        Object.assign(meter, { max: each.most, high: each.warn, low: each.warn, optimum: 0, value: each.octets });
        meter.setAttribute("aria-label", `${each.name}: ${size(each.octets)}; ${each.words}`);
        const limit = element("dd", "", "quiet");
        limit.append(meter, each.words);
        row.append(limit);
        row.className = each.octets >= each.warn ? "is-much" : "";
      }
      return row;
    }),
  );
  $("headers").querySelector("dl").replaceChildren(
    ...facts.headers.map((each) => {
      const row = element("div");
      row.append(element("dt", each.name), element("dd", each.value));
      return row;
    }),
  );
}

function showDraft() {
  document.title = `${draft.errors.length ? "To be mended" : draft.title || "Draft"} – isa-mail preview`;
  $("edition").textContent = draft.edition || "Draft";
  $("title").textContent = draft.title || "";
  $("standing").textContent = draft.standing?.words || "";
  $("standing").className = draft.standing?.current ? "is-current" : "is-other";
  $("next").textContent = draft.standing?.hint || "";
  $("fingerprint").textContent = draft.fingerprint || "";
  const choices = [...draft.languages, { code: "all", name: draft.languages.length > 2 ? "All" : "Both" }];
  const codes = choices.map((each) => each.code);
  if (draft.drawn) chosen.language = [chosen.language, reader?.language, codes[0]].find((code) => codes.includes(code));
  $("languages").hidden = draft.languages.length < 2;
  $("languages").replaceChildren(
    ...choices.map((each) => {
      const button = element("button", each.name);
      button.type = "button";
      button.dataset.language = each.code;
      if (each.code !== "all") button.lang = each.code;
      return button;
    }),
  );
  showFindings();
  showErrors(draft.errors);
}

function showChoice() {
  document.body.dataset.view = chosen.view;
  document.body.dataset.languages = chosen.language === "all" ? "all" : "one";
  document.documentElement.dataset.scheme = chosen.dark ? "dark" : "light";
  for (const [name, colour] of Object.entries(draft.shades?.[chosen.dark ? "dark" : "light"] || {}))
    document.documentElement.style.setProperty(`--${name.replace("_", "-")}`, colour);
  for (const button of document.querySelectorAll(".choice button")) {
    const { view, language } = button.dataset;
    const on = view ? view === chosen.view : language ? language === chosen.language : chosen[button.dataset.switch];
    button.setAttribute("aria-pressed", on);
  }
  showPerson();
  if (document.activeElement !== $("search")) $("search").value = reader ? reader.name || reader.address : "";
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(chosen));
  } catch {
    // see above
  }
}

function showPerson() {
  const gets = reader && draft.languages.find((each) => each.code === reader.language)?.name;
  $("person").textContent = !reader
    ? "Merge fields show their fallbacks, or their names."
    : `${reader.address} (${reader.place})${draft.languages.length > 1 ? ` gets the letter in ${gets}` : ""}${reader.wants ? `; wants ${reader.wants}, in which there is no letter` : ""}${reader.left ? "; has left, and so gets nothing" : ""}.`;
}

async function choose(changes) {
  const redraw = "view" in changes || "language" in changes || "reader" in changes;
  if ("reader" in changes) {
    reader = changes.reader;
    delete changes.reader;
    if (reader && chosen.language !== "all") changes.language = reader.language;
  }
  Object.assign(chosen, changes);
  if (redraw) KEYS.Escape();
  showChoice();
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentDocument?.body) dress(frame);
  if (redraw) {
    await showLetters();
    fit();
  }
}

function showAside(open) {
  document.body.classList.toggle("has-aside", open);
  $("aside-button").setAttribute("aria-expanded", open);
  fit();
}

// --- choosing a person ------------------------------------------------------------------------------------

let people = [];
let active = -1;
let searches = 0;

async function search() {
  const words = reader && $("search").value === (reader.name || reader.address) ? "" : $("search").value;
  const mine = ++searches;
  const patience = setTimeout(() => ($("person").textContent = "Reading the lists …"), 400);
  const answer = await askPeople(words);
  clearTimeout(patience);
  if (mine !== searches) return; // something else has been typed since
  people = [null, ...answer.people];
  active = -1;
  const options = people.map((each, at) => {
    const option = element("li");
    option.id = `person-${at}`;
    option.setAttribute("role", "option");
    option.append(element("b", each ? each.name || each.address : "Nobody in particular"));
    if (each) option.append(element("span", each.name ? each.address : ""), element("span", each.left ? "has left" : each.wants ? `wants ${each.wants}` : each.language || "", "mark"));
    option.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus until the click
    option.addEventListener("click", () => pick(at));
    return option;
  });
  $("people").replaceChildren(...options);
  showPerson();
  const said = answer.error ? `${answer.error.message} ${answer.error.hint}` : words && !answer.people.length ? "Nobody on the lists has these words in their row." : "";
  if (said) $("person").textContent = said;
  openPeople(document.activeElement === $("search"));
}

function openPeople(open) {
  $("people").hidden = !open;
  $("search").setAttribute("aria-expanded", open);
  if (!open) active = -1;
  $("search").removeAttribute("aria-activedescendant");
}

function move(step) {
  if ($("people").hidden) return;
  active = (active + step + people.length) % people.length;
  [...$("people").children].forEach((each, at) => each.setAttribute("aria-selected", at === active));
  $("people").children[active].scrollIntoView({ block: "nearest" });
  $("search").setAttribute("aria-activedescendant", `person-${active}`);
}

function pick(at) {
  openPeople(false);
  $("search").blur();
  choose({ reader: people[at] });
}

let waiting = 0;
$("search").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, 120);
});
$("search").addEventListener("focus", () => {
  $("search").select();
  search();
});
$("search").addEventListener("blur", () => {
  openPeople(false);
  showChoice();
});
$("search").addEventListener("keydown", (event) => {
  event.stopPropagation();
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1);
  } else if (event.key === "Enter" && people.length) {
    pick(active >= 0 ? active : Math.min(1, people.length - 1));
  } else if (event.key === "Escape") {
    $("search").blur();
  }
});

// --- keys and clicks --------------------------------------------------------------------------------------

const KEYS = {
  1: () => choose({ view: "desktop" }),
  2: () => choose({ view: "phone" }),
  3: () => choose({ view: "narrow" }),
  4: () => choose({ view: "text" }),
  d: () => choose({ dark: !chosen.dark }),
  p: () => choose({ bare: !chosen.bare }),
  s: () => choose({ plain: !chosen.plain }),
  l: () => {
    const codes = [...$("languages").children].map((each) => each.dataset.language);
    if (draft.languages.length > 1) choose({ language: codes[(codes.indexOf(chosen.language) + 1) % codes.length] });
  },
  r: () => {
    showAside(true);
    $("search").focus();
  },
  n: () => draft.findings.length && showFinding((finding + 1) % draft.findings.length),
  b: () => draft.findings.length && showFinding((Math.max(finding, 0) - 1 + draft.findings.length) % draft.findings.length),
  i: () => showAside(!document.body.classList.contains("has-aside")),
  "?": () => $("help").showModal(),
  Escape: () => {
    mark(null);
    name("");
  },
};

function pressed(event) {
  if (!chosen.keys && event.key !== "Escape") return;
  if (event.ctrlKey || event.metaKey || event.altKey || $("help").open || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
}

document.addEventListener("keydown", pressed);
for (const group of document.querySelectorAll(".choice"))
  group.addEventListener("click", (event) => {
    const { view, language, switch: name } = event.target.dataset;
    if (view) choose({ view });
    else if (language) choose({ language });
    else if (name) choose({ [name]: !chosen[name] });
  });
$("aside-button").addEventListener("click", KEYS.i);
$("help-button").addEventListener("click", KEYS["?"]);
$("keys").addEventListener("change", () => choose({ keys: $("keys").checked }));
for (const each of document.querySelectorAll("[aria-keyshortcuts]")) each.title = `${each.title} (${each.getAttribute("aria-keyshortcuts")})`.trim();
$("copy").addEventListener("click", () => navigator.clipboard?.writeText($("where").firstElementChild.textContent));
addEventListener("resize", fit);
const wide = matchMedia("(min-width: 900px)");
wide.addEventListener("change", () => showAside(wide.matches));

// --- following the draft ----------------------------------------------------------------------------------

async function refresh() {
  const first = !draft.version;
  draft = await askDraft();
  const told = draft.reader; // whom the command line names, and who may have changed
  if (told && (first || told.number === reader?.number)) {
    if (told.language && told.language !== reader?.language) chosen.language = told.language;
    reader = told;
  }
  finding = Math.min(finding, draft.findings.length - 1);
  showDraft();
  if (!first) $("light").animate?.([{ boxShadow: "0 0 0 0 currentColor" }, { boxShadow: "0 0 0 6px transparent" }], 700);
  await choose({ view: chosen.view });
  if (!data && draft.drawn) lookAtLists(draft.version);
}

// What is found about the lists comes later: a letter does not wait for it.
async function lookAtLists(version) {
  const { findings, error } = await ask(`lists/${draft.drawn}`);
  if (draft.version !== version) return;
  $("more-findings").hidden = findings !== null || Boolean(error);
  $("no-findings").hidden = !error;
  $("no-findings").textContent = error || "";
  const looked = draft.findings[finding];
  const rank = Object.keys(SEVERITIES);
  draft.findings = [...draft.findings, ...(findings || [])].sort((one, other) => rank.indexOf(one.severity) - rank.indexOf(other.severity));
  finding = draft.findings.indexOf(looked);
  showFindings();
}

function showEnded(yes) {
  $("ended").hidden = !yes;
  document.body.classList.toggle("is-ended", yes);
}

function follow() {
  const news = new EventSource(`news/${draft.version}`);
  news.addEventListener("open", () => showEnded(false));
  news.addEventListener("error", () => showEnded(true));
  news.addEventListener("message", refresh);
  addEventListener("pagehide", () => news.close());
}

document.body.classList.toggle("is-export", Boolean(data));
$("keys").checked = chosen.keys;
if (data && !data.people.length) $("reader").hidden = true;
showAside(wide.matches);
showChoice();
refresh().then(() => data || follow());
