// Stands in for mermaid until a page draws its first diagram, so that 3.6 MB are loaded only then.
(() => {
  const address = document.currentScript.dataset.library;
  let settings = {};
  let library;

  function load() {
    library ??= new Promise((resolve, reject) => {
      const standIn = window.mermaid;
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => {
        const mermaid = window.mermaid;
        window.mermaid = standIn; // the theme keeps calling the stand-in
        mermaid.initialize({ ...settings, securityLevel: "strict" });
        resolve(mermaid);
      };
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  }

  // On a narrow screen a wide drawing scrolls within its frame before its words become too small to read.
  function legible(drawing) {
    const svg = drawing.svg.replace(/max-width: ([\d.]+)px/, (all, width) => `${all}; min-width: ${0.7 * width}px`);
    return { ...drawing, svg };
  }

  // A phone is higher than wide, so a row of boxes stands there as a column.
  function turned(text) {
    return matchMedia("(max-width: 599px)").matches ? text.replace(/^flowchart LR\b/, "flowchart TB") : text;
  }

  window.mermaid = {
    initialize: (given) => { settings = given; },
    render: async (id, text, ...others) => legible(await (await load()).render(id, turned(text), ...others)),
  };
})();
