// Draws mathematics that stands in the text as LaTeX.
for (const formula of document.querySelectorAll(".arithmatex")) {
  const text = formula.textContent.trim();
  const display = text.startsWith("\\[") || text.startsWith("$$");
  const latex = text.replace(/^(\\\(|\\\[|\${1,2})/, "").replace(/(\\\)|\\\]|\${1,2})$/, "");
  katex.render(latex, formula, { displayMode: display, throwOnError: false, trust: false, maxSize: 20, maxExpand: 200 });
}
