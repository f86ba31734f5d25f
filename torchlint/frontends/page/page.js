"use strict";
(function () {
  const cards = Array.from(document.querySelectorAll(".card"));
  const groups = document.getElementById("groups");
  const form = document.querySelector("form");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const names = ["certainty", "effect", "verdict", "fix", "rule"];
  const texts = new Map();

  function textOf(card) {
    if (!texts.has(card)) {
      const parts = [card.dataset.path, ...Array.from(card.querySelectorAll("summary, .lines, .effect, .verdict, .fix, .story.wide"), (each) => each.textContent)];
      texts.set(card, parts.join(" ").toLowerCase());
    }
    return texts.get(card);
  }

  function wanted(name) {
    return new Set(Array.from(form.querySelectorAll(`input[name=${name}]:checked`), (each) => each.value));
  }

  function filter() {
    const choices = names.map((name) => [name, wanted(name)]);
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const card of cards) {
      const fits = choices.every(([name, values]) => !values.size || values.has(card.dataset[name])) &&
        words.every((word) => textOf(card).includes(word));
      card.hidden = !fits;
      count += fits;
    }
    for (const group of groups.children) {
      const inside = group.querySelectorAll(".card:not([hidden])").length;
      group.hidden = !inside;
      group.querySelector("h2 .count").textContent = inside;
    }
    shown.textContent = count === cards.length ? `${count} shown` : `${count} of ${cards.length} shown`;
    nothing.hidden = count > 0;
  }

  function heading(card, by) {
    return by === "rule" ? `${card.dataset.rule} ${card.querySelector(".slug").textContent}` : card.dataset[by];
  }

  function group(by) {
    const sections = new Map();
    const rank = (card) => (by === "rule" ? card.dataset.rule : "");
    const number = (card) => Number(card.id.slice(1));
    const sorted = by === "release" ? cards : cards.slice().sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : number(a) - number(b)));
    for (const card of sorted) {
      const title = heading(card, by);
      if (!sections.has(title)) {
        const section = groups.firstElementChild.cloneNode(false);
        const h2 = groups.firstElementChild.querySelector("h2").cloneNode(true);
        h2.querySelector(".name").textContent = title;
        section.append(h2);
        sections.set(title, section);
      }
      sections.get(title).append(card);
    }
    groups.replaceChildren(...sections.values());
    filter();
  }

  function fold(open) {
    for (const card of cards) {
      if (!card.hidden) card.firstElementChild.open = open;
    }
  }

  function explain(event) {
    const about = event.target;
    if (!about.open || !about.dataset || !about.dataset.about) return;
    const rule = document.querySelector(`#rule-${CSS.escape(about.dataset.about)} > .document`);
    if (rule) about.querySelector(".document").replaceChildren(...rule.cloneNode(true).childNodes);
    delete about.dataset.about;
  }

  function unfoldTarget() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    const details = target.matches("details") ? target : target.querySelector("details");
    if (details) details.open = true;
    reveal(target, "start");
  }

  // What was never in view has an estimated height: it is laid out, and looked at again when its neighbours are.
  function reveal(element, block) {
    element.style.contentVisibility = "visible";
    const bar = document.querySelector(".bar").offsetHeight + 12;
    document.documentElement.style.scrollPaddingTop = `${bar}px`;
    const show = () => {
      const fits = element.offsetHeight < window.innerHeight - bar;
      element.scrollIntoView({ behavior: "instant", block: fits ? block : "start" });
    };
    show();
    requestAnimationFrame(show);
  }

  function step(by) {
    const there = cards.filter((card) => !card.hidden).map((card) => card.querySelector("summary"));
    if (!there.length) return;
    const ordered = there.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const card = document.activeElement.closest(".card");
    const at = card ? ordered.indexOf(card.querySelector("summary")) : -1;
    const next = ordered[Math.min(Math.max(at + by, 0), ordered.length - 1)];
    next.focus({ preventScroll: true });
    reveal(next.closest(".card"), "nearest");
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input[type=search]");
    if (event.key === "Escape" && typing) {
      search.value = "";
      filter();
      search.blur();
    } else if (typing) {
      return;
    } else if (event.key === "/") {
      document.querySelector(".filters").open = true;
      search.focus();
      event.preventDefault();
    } else if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
    }
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  for (const radio of document.querySelectorAll("input[name=by]")) {
    radio.addEventListener("change", () => group(radio.value));
  }
  document.getElementById("unfold").addEventListener("click", () => fold(true));
  document.getElementById("fold").addEventListener("click", () => fold(false));
  document.addEventListener("toggle", explain, true);
  document.addEventListener("keydown", press);
  window.addEventListener("hashchange", unfoldTarget);
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = cards.filter((card) => !card.firstElementChild.open);
    closed.forEach((card) => { card.firstElementChild.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach((card) => { card.firstElementChild.open = false; }));
  if (window.matchMedia("(max-width: 900px)").matches) document.querySelector(".filters").open = false;
  filter();
  unfoldTarget();
})();
