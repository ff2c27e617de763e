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

  // A wide drawing scrolls within its frame before its words become too small to read.
  const WIDTH = /max-width: ([\d.]+)px/;
  function legible(drawing) {
    return { ...drawing, svg: drawing.svg.replace(WIDTH, (all, width) => `${all}; min-width: ${0.7 * width}px`) };
  }

  // A row of boxes for which the frame is too narrow stands as a column; a phone is higher than wide in any case.
  function room() {
    const frame = document.querySelector(".ma-diagram");
    const { paddingLeft, paddingRight } = getComputedStyle(frame);
    return frame.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  }
  const asColumn = (text) => text.replace(/^flowchart LR\b/, "flowchart TB");
  async function drawn(id, text, ...others) {
    const { render } = await load();
    const isPhone = matchMedia("(max-width: 599px)").matches;
    const drawing = await render(id, isPhone ? asColumn(text) : text, ...others);
    const fits = 0.85 * Number(WIDTH.exec(drawing.svg)?.[1] ?? 0) <= room();
    return legible(fits || text === asColumn(text) ? drawing : await render(id, asColumn(text), ...others));
  }

  window.mermaid = {
    initialize: (given) => { settings = given; },
    render: drawn,
  };
})();
