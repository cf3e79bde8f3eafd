// The pages work without this. It adds what only a script can: focus after a swap,
// and search from the keyboard.

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

// Ctrl+K (⌘K) opens search from any page, as its line in the menu says.
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
  const there = document.querySelector("#q") ?? document.querySelector("a[aria-keyshortcuts]");
  if (!there) return;
  event.preventDefault();
  there.matches("a") ? there.click() : there.select();
});
