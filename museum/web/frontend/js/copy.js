/** `<button data-copy="#id" data-copied="Đã chép">`: puts the text or value of the element on the clipboard. */
export function mountCopies(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

async function copy(button) {
  const from = document.querySelector(button.dataset.copy);
  if (!from) return;
  await navigator.clipboard.writeText((from.value ?? from.textContent).trim());
  const words = button.textContent;
  button.textContent = button.dataset.copied ?? words;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => {
    button.textContent = words;
  }, 2000);
}
