// Sound and film stay native elements; this adds a transcript that follows and keys for the whole figure.

const LEAP_S = 5;

/** The line that is spoken at `time`, or null. */
function lineAt(lines, time) {
  return lines.find(({ dataset }) => time >= Number(dataset.start) && time < Number(dataset.end)) ?? null;
}

/** A line's time becomes a button, so that keys reach it too. */
function jumpFrom(line) {
  const time = line.querySelector(".time");
  if (!time || line.querySelector("a, button")) return;
  const jump = document.createElement("button");
  jump.type = "button";
  jump.className = "time";
  jump.append(...time.childNodes);
  time.replaceWith(jump);
}

function followTranscript(element, media) {
  const lines = [...element.querySelectorAll("[data-start][data-end]")];
  const list = lines[0]?.parentElement;
  if (!list) return;
  for (const line of lines) jumpFrom(line);
  let current = null;
  const mark = () => {
    const line = lineAt(lines, media.currentTime);
    if (line === current) return;
    current?.removeAttribute("aria-current");
    current = line;
    if (!line) return;
    line.setAttribute("aria-current", "true");
    // Only the list scrolls, never the page.
    list.scrollTop = line.offsetTop - list.offsetTop - list.clientHeight / 3;
  };
  media.addEventListener("timeupdate", mark);
  media.addEventListener("seeked", mark);
  list.addEventListener("click", (event) => {
    const line = event.target.closest("[data-start]");
    if (!line) return;
    event.preventDefault();
    media.currentTime = Number(line.dataset.start);
    media.play();
  });
}

function toggleCaptions(media) {
  const tracks = [...media.textTracks].filter(({ kind }) => kind === "captions" || kind === "subtitles");
  const shown = tracks.find(({ mode }) => mode === "showing");
  if (shown) shown.mode = "hidden";
  else if (tracks[0]) tracks[0].mode = "showing";
}

const KEYS = {
  k: (media) => (media.paused ? media.play() : media.pause()),
  j: (media) => {
    media.currentTime = Math.max(0, media.currentTime - LEAP_S);
  },
  l: (media) => {
    media.currentTime = Math.min(media.duration || 0, media.currentTime + LEAP_S);
  },
  m: (media) => {
    media.muted = !media.muted;
  },
  c: toggleCaptions,
};

export function mount(element) {
  const media = element.querySelector("video, audio");
  if (!media) return;
  followTranscript(element, media);
  // Letters work only while the focus is inside the figure (WCAG 2.2 §2.1.4); space and arrows stay the browser's.
  element.addEventListener("keydown", (event) => {
    const act = KEYS[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act(media);
  });
  element.museumViewer = { kind: "av", media };
}
