// What to do when the device takes the graphics away: wait for them, else begin anew with the same view.

const GRACE_MS = 4000; // for a device to give a lost context back
const MOST = 2; // times that it is tried anew

/** Pictures instead, where there are any; else the words that say so. */
async function giveUp(view) {
  const { options, status, words } = view;
  if (options.turntable) {
    const { openTurntable } = await import("./scan_turntable.js");
    await openTurntable(view).catch(() => {});
  }
  status.textContent = words.context_gone;
}

/** Watch over a view's context; gives what stops the waiting. */
export function watchContext(view) {
  const { canvas, scene, state, stop } = view;
  const { signal } = stop;
  let waiting = 0;

  const reopen = () => {
    const was = view.fragment();
    view.close();
    state.reopened = (state.reopened ?? 0) + 1;
    if (state.reopened <= MOST) state.open(was);
    else giveUp(view);
  };

  canvas.addEventListener(
    "webglcontextlost",
    (event) => {
      event.preventDefault();
      scene.lose();
      view.element.classList.remove("is-drawn");
      view.announce(view.words.context_lost);
      clearTimeout(waiting);
      waiting = setTimeout(reopen, GRACE_MS);
    },
    { signal },
  );
  canvas.addEventListener(
    "webglcontextrestored",
    () => {
      clearTimeout(waiting);
      state.regained = (state.regained ?? 0) + 1;
      scene.regain();
      view.tell();
    },
    { signal },
  );
  return () => clearTimeout(waiting);
}
