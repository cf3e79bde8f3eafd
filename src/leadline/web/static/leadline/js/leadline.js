// The pages work without this. It adds what only a script can: focus after a swap,
// and leaving the menu with a click on one of its lines.

document.addEventListener("htmx:afterSwap", (event) => {
  const next = event.detail.elt.querySelector?.("[data-focus]");
  next?.focus();
});

// A failed request shows the page that the server sent instead of nothing.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400) {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});
