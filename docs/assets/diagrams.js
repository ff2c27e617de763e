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

  window.mermaid = {
    initialize: (given) => { settings = given; },
    render: async (...given) => (await load()).render(...given),
  };
})();
