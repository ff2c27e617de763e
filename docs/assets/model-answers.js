// Small comforts for readers with JavaScript: a filter, the spelling of a search, wide tables by keyboard, copying,
// and pages that print whole.
(() => {
  "use strict";

  // A control named `task` keeps the cards whose data-task holds its value as one of its words;
  // one named `words` keeps those in which, or in whose data-words, each word typed occurs. Nobody has a key for ×.
  const plain = (text) => text.toLowerCase().replaceAll("×", "x");
  const textOf = (card) => plain(`${card.textContent} ${card.dataset.words ?? ""}`);
  function matches(card, controls) {
    return controls.every(({ name, value }) => {
      const wanted = value.trim().toLowerCase();
      if (!wanted) return true;
      if (name !== "words") return (card.dataset[name] ?? "").split(" ").includes(wanted);
      const text = textOf(card);
      return plain(wanted).split(/\s+/).every((word) => text.includes(word));
    });
  }

  // How many letters must be added, left out, changed or swapped with their neighbour to make one word of another.
  function slips(from, to) {
    let before = [];
    let last = [...Array(to.length + 1).keys()];
    for (let i = 1; i <= from.length; i++) {
      const now = [i];
      for (let j = 1; j <= to.length; j++) {
        now[j] = Math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (from[i - 1] !== to[j - 1]));
        const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
        if (isSwapped) now[j] = Math.min(now[j], before[j - 2] + 1);
      }
      [before, last] = [last, now];
    }
    return last[to.length];
  }

  // How often each word stands in some texts.
  function counted(texts) {
    const counts = new Map();
    for (const text of texts) for (const [word] of text.matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
    return counts;
  }
  const WORD = /[\p{L}\d]+/gu;

  // The word among those counted that lacks fewest letters, of several the one that stands most often; empty if none is
  // near. A short word has one wrong letter at most, a longer one two.
  function nearest(word, counts) {
    let found = { distance: Math.min(2, Math.floor(word.length / 3)) + 1, count: 0, word: "" };
    for (const [other, count] of counts) {
      if (Math.abs(other.length - word.length) > found.distance) continue;
      const distance = slips(word, other);
      const isNearer = distance < found.distance || (distance === found.distance && found.word && count > found.count);
      if (isNearer) found = { distance, count, word: other };
    }
    return found.word;
  }

  // What was typed, with the nearest of the words counted in place of each that `finds(other, word)` in none of them;
  // empty if that is what was typed.
  function meant(typed, counts, finds) {
    const known = [...counts.keys()];
    const stands = (word) => known.some((other) => finds(other, word));
    const words = plain(typed.trim()).replace(WORD, (word) => (stands(word) ? word : nearest(word, counts) || word));
    return words === plain(typed.trim()) ? "" : words;
  }
  function offer(button, words) {
    button.hidden = !words;
    button.value = words;
    button.textContent = `Did you mean “${words}”?`;
  }

  function startFilter(form) {
    const list = document.getElementById(form.dataset.list) ?? form.parentElement.querySelector(".ma-cards");
    if (!list) return;
    const cards = [...list.children];
    const controls = [...form.elements].filter((control) => control.name);
    const count = form.querySelector("output");
    const instead = form.querySelector(".ma-filter__instead");

    const contains = (other, word) => other.includes(word);
    const found = (shown) => {
      if (shown === cards.length) return `All ${shown} questions`;
      if (shown) return `${shown} of ${cards.length} questions`;
      const onlyWords = controls.every(({ name, value }) => name === "words" || !value);
      return onlyWords ? "No question has these words." : "No question has all of this.";
    };
    const apply = () => {
      let shown = 0;
      for (const card of cards) {
        card.hidden = !matches(card, controls);
        shown += !card.hidden;
      }
      if (count) count.textContent = found(shown);
      if (!instead) return;
      const words = shown ? "" : meant(form.elements.words.value, counted(cards.map(textOf)), contains);
      const finds = cards.some((card) => matches(card, [{ name: "words", value: words }]));
      offer(instead, finds ? words : "");
    };
    instead?.addEventListener("click", () => {
      form.elements.words.value = instead.value;
      form.elements.words.focus();
      apply();
      remember(null);
    });
    // The address holds what was chosen, so that it can be sent on. Each choice is a step back; typing is one step.
    let lastTyped = null;
    const remember = (control) => {
      const address = new URL(location.href);
      for (const { name, value } of controls) {
        if (value.trim()) address.searchParams.set(name, value.trim());
        else address.searchParams.delete(name);
      }
      if (address.href === location.href || location.protocol === "file:") return;
      history[control && control === lastTyped ? "replaceState" : "pushState"](null, "", address);
      lastTyped = control?.type === "search" ? control : null;
    };
    const recall = () => {
      const asked = new URLSearchParams(location.search);
      for (const control of controls) {
        control.value = asked.get(control.name) ?? "";
        if (control.selectedIndex === -1) control.value = ""; // an address from before a model or task was renamed
      }
      lastTyped = null;
      apply();
    };
    form.addEventListener("input", ({ target }) => { apply(); remember(target); });
    form.addEventListener("reset", () => setTimeout(() => { apply(); remember(null); }));
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("popstate", recall);
    addEventListener("pageshow", recall); // browsers fill forms again after a step back, without an event
    recall();
  }

  document.querySelectorAll("form.ma-filter").forEach(startFilter);

  // The theme's search finds words that begin as typed, and says nothing of one that no page has: the nearest is offered.
  function startSpelling(input, button) {
    const begins = (other, word) => other.startsWith(word);
    let loading = null; // the index, which the theme has fetched already; offline it stands in __index
    let waiting = 0;
    const load = async () => {
      const { base } = JSON.parse(document.getElementById("__config").textContent);
      const address = new URL(`${base}/search/search_index.json`, location.href);
      const index = await (globalThis.__index ?? fetch(address).then((answer) => answer.json()));
      return counted(index.docs.map(({ title, text, forms }) => plain(`${title} ${text} ${forms ?? ""}`)));
    };
    const correct = async () => {
      const counts = input.value.trim() ? await (loading ??= load()) : new Map();
      offer(button, meant(input.value, counts, begins));
    };
    const wait = () => {
      clearTimeout(waiting);
      waiting = setTimeout(correct, 300); // not while a word is being typed
    };
    for (const event of ["keyup", "focus"]) input.addEventListener(event, wait);
    input.form.addEventListener("reset", wait);
    button.addEventListener("click", () => {
      input.value = button.value;
      input.focus();
      input.dispatchEvent(new Event("keyup")); // on which the theme searches
    });
  }
  const spelling = document.querySelector(".ma-search-instead");
  if (spelling) startSpelling(document.querySelector(".md-search__input"), spelling);

  // A comparison says what it shows: "40 % bicubic, 60 % LIIF".
  function tellExposure(comparison) {
    const slider = comparison.shadowRoot.querySelector("input");
    const [left, right] = comparison.dataset.names.split("|");
    const tell = () => slider.setAttribute("aria-valuetext", `${slider.value} % ${left}, ${100 - slider.value} % ${right}`);
    slider.addEventListener("input", tell);
    tell();
  }
  customElements.whenDefined("image-compare").then(() => {
    document.querySelectorAll("image-compare[data-names]").forEach(tellExposure);
  });

  // What announced a picture would show through where the picture is transparent.
  for (const picture of document.querySelectorAll('img[style*="--ma-placeholder"]')) {
    const arrived = () => picture.style.removeProperty("--ma-placeholder");
    if (picture.complete && picture.naturalWidth) arrived();
    else picture.addEventListener("load", arrived, { once: true });
  }

  // What scrolls sideways can be reached, and so scrolled, by the keyboard.
  const watcher = new ResizeObserver((changes) => {
    for (const { target } of changes) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
  });
  for (const part of document.querySelectorAll(".ma-table, .ma-diagram, .ma-output, pre > code")) watcher.observe(part);

  // A command breaks between its words, never after the hyphens of an option.
  for (const code of document.querySelectorAll(".ma-page code.language-console")) {
    const words = code.textContent.split(/(\s+)/).map((word) => {
      if (!word.trim()) return word;
      const span = document.createElement("span");
      span.className = "ma-word";
      span.textContent = word;
      return span;
    });
    code.replaceChildren(...words);
  }

  // A command can be copied. (The theme's own button brings a landmark without a name for each block of code.)
  function addCopyButton(code) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ma-copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent.trim());
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    code.parentElement.append(button);
  }
  if (navigator.clipboard) document.querySelectorAll(".ma-page pre:not(.mermaid) > code").forEach(addCopyButton);

  // What is folded on a screen is open on paper.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of opened) part.open = false; });
})();
