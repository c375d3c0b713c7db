// The sound of a stop: the browser's own player for a part of a recording, the words spoken now, all words below.

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** {element, pause()}: a player of view.files from start_s to end_s with the words of view.tracks. */
export function listening({ view, words, title }) {
  const { files, tracks = [], start_s: start = 0, end_s: end = 0 } = view;
  const element = document.createElement("div");
  element.className = "stop-sound viewer-av";
  const sound = document.createElement("audio");
  sound.controls = true;
  sound.preload = "none";
  sound.setAttribute("aria-label", `${words.view_audio}: ${title}`);
  for (const { address, media_type: type } of files) sound.append(Object.assign(document.createElement("source"), { src: address, type }));
  const now = document.createElement("p");
  now.className = "stop-caption";
  now.setAttribute("aria-hidden", "true"); // the same words stand in the list below
  element.append(sound, now);
  sound.addEventListener("play", () => {
    if (sound.currentTime < start || (end && sound.currentTime >= end - 0.05)) sound.currentTime = start;
  });
  sound.addEventListener("timeupdate", () => {
    if (end && sound.currentTime >= end) sound.pause();
  });
  const page = document.documentElement.lang;
  const spoken = tracks.find(({ language }) => language === page) ?? tracks[0];
  if (spoken) transcribe({ element, sound, now, words, spoken, start, end });
  return { element, pause: () => sound.pause() };
}

/** The words as a list that follows, and the current ones large. */
function transcribe({ element, sound, now, words, spoken, start, end }) {
  const track = document.createElement("track");
  Object.assign(track, { kind: "captions", src: spoken.address, srclang: spoken.language });
  sound.append(track);
  track.track.mode = "hidden";
  now.lang = spoken.language;
  track.track.addEventListener("cuechange", () => {
    now.textContent = [...(track.track.activeCues ?? [])].map(({ text }) => text).join(" ");
  });
  track.addEventListener("load", async () => {
    const cues = [...track.track.cues].filter((cue) => cue.endTime > start && (!end || cue.startTime < end));
    if (!cues.length) return;
    const list = document.createElement("ol");
    list.className = "viewer-transcript";
    list.lang = spoken.language;
    for (const cue of cues) {
      const line = document.createElement("li");
      Object.assign(line.dataset, { start: String(cue.startTime), end: String(cue.endTime) });
      const time = document.createElement("span");
      time.className = "time";
      time.textContent = clock(cue.startTime);
      line.append(time, ` ${cue.text}`);
      list.append(line);
    }
    const fold = document.createElement("details");
    const head = document.createElement("summary");
    head.textContent = words.transcript;
    fold.append(head, list);
    element.append(fold);
    const { mount } = await import("./av.js");
    mount(element);
  });
}
