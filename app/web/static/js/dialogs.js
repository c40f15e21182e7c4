// Native dialogs. A click on the ground beside one closes it.

export function openDialogOf(opener) {
  document.getElementById(opener.dataset.dialog)?.showModal();
}

export function openSignedOut() {
  const dialog = document.getElementById("signed-out");
  if (dialog && !dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement) event.target.close();
});
