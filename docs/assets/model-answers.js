// Small comforts for readers with JavaScript: a filter, wide tables by keyboard, copying, and pages that print whole.
(() => {
  "use strict";

  // A control named `task` keeps the cards whose data-task holds its value as one of its words;
  // one named `words` keeps those in which each word typed occurs.
  function matches(card, controls) {
    return controls.every(({ name, value }) => {
      const wanted = value.trim().toLowerCase();
      if (!wanted) return true;
      if (name !== "words") return (card.dataset[name] ?? "").split(" ").includes(wanted);
      const text = card.textContent.toLowerCase();
      return wanted.split(/\s+/).every((word) => text.includes(word));
    });
  }

  function startFilter(form) {
    const list = document.getElementById(form.dataset.list) ?? form.parentElement.querySelector(".ma-cards");
    if (!list) return;
    const cards = [...list.children];
    const controls = [...form.elements].filter((control) => control.name);
    const count = form.querySelector("output");

    const found = (shown) => {
      if (shown === cards.length) return `All ${shown}`;
      if (shown) return `${shown} of ${cards.length}`;
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
    };
    form.addEventListener("input", apply);
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    const asked = new URLSearchParams(location.search);
    for (const control of controls) if (asked.has(control.name)) control.value = asked.get(control.name);
    apply();
  }

  document.querySelectorAll("form.ma-filter").forEach(startFilter);

  // What scrolls sideways can be reached, and so scrolled, by the keyboard.
  const watcher = new ResizeObserver((changes) => {
    for (const { target } of changes) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
  });
  for (const part of document.querySelectorAll(".ma-table, .ma-diagram, .ma-output, pre > code")) watcher.observe(part);

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
