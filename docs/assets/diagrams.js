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

  window.mermaid = {
    initialize: (given) => { settings = given; },
    render: async (...given) => legible(await (await load()).render(...given)),
  };
})();
