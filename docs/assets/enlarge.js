// A figure opens at full size in a dialog; without this script its link opens the picture's file.
(() => {
  "use strict";

  const links = document.querySelectorAll("a.ma-enlarge");
  if (!links.length || !window.HTMLDialogElement) return;

  function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  const dialog = element("dialog", "ma-enlarged");
  const close = element("button", "ma-enlarged__close", "Close");
  const caption = element("p", "ma-enlarged__caption");
  const size = element("p", "ma-enlarged__size");
  const frame = element("div", "ma-enlarged__frame");
  const picture = new Image();
  close.type = "button";
  caption.id = "ma-enlarged-caption";
  dialog.setAttribute("aria-labelledby", caption.id);
  frame.append(picture);
  dialog.append(close, caption, size, frame);
  document.body.append(dialog);

  // Each pixel becomes a square of whole screen pixels, so that nothing is blurred, and the picture is no smaller than
  // on the page; a plot takes the room there is. What is larger than the screen is scrolled, never reduced.
  let shown = null; // the link
  let onPage = null; // its picture
  function fit() {
    const { width, height } = shown.dataset;
    const room = Math.max(1, Math.min(frame.clientWidth / width, frame.clientHeight / height));
    const isPlot = /\.svg$/.test(new URL(shown.href).pathname);
    const times = isPlot ? room : Math.max(Math.floor(room), Math.ceil((onPage?.clientWidth ?? 0) / width));
    picture.style.width = `${width * times}px`;
    picture.classList.toggle("ma-enlarged__pixels", !isPlot && times > 1);
    size.textContent = `${width} × ${height} pixels${!isPlot && times > 1 ? `, each drawn ${times} × ${times}` : ""}`;
    size.hidden = isPlot;
    frame.tabIndex = picture.offsetWidth > frame.clientWidth || picture.offsetHeight > frame.clientHeight ? 0 : -1;
  }

  function captionOf(figure, index) {
    const sides = figure.querySelectorAll(".ma-compare__side");
    return (sides[index] ?? figure.querySelector(".ma-figure__caption")).textContent.trim();
  }

  function open(link) {
    const figure = link.closest("figure");
    const pictures = [...figure.querySelectorAll("img")];
    const index = pictures.findIndex((image) => image.src === link.href);
    shown = link;
    picture.src = link.href;
    onPage = pictures[index];
    picture.alt = onPage?.alt ?? "";
    picture.width = link.dataset.width;
    picture.height = link.dataset.height;
    caption.textContent = captionOf(figure, index);
    link.focus({ preventScroll: true }); // whence the focus returns, also in browsers that leave it where it was
    dialog.showModal();
    frame.scrollTo(0, 0);
    fit();
  }

  for (const link of links) {
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // a new tab, as for any link
      event.preventDefault();
      open(link);
    });
  }
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the page's own keys rest
  addEventListener("resize", () => { if (dialog.open) fit(); });
})();
