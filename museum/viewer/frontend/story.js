// The story player: scrolling to a stop brings the stage behind the words to that stop's view. The page is whole without.
import { languageOf, say, wantsStillness } from "./options.js";
import { speaker } from "./stage.js";
import { cameraOfFigure, StoryStage } from "./story_stage.js";
import { StopTools } from "./story_tools.js";
import { readStops } from "./story_views.js";

const WIDE = "(min-width: 62rem)"; // words beside the picture, as exhibition.css says
const EARLY = 0.45; // a stop begins when its words are so much of a screen below their place
const OWN_KEYS = "input, select, textarea, audio, video, summary, [contenteditable], [role=application]";

class Player {
  constructor(story) {
    this.story = story;
    this.words = JSON.parse(story.querySelector("script[data-story-strings]").textContent);
    this.stops = readStops(story);
    this.end = document.querySelector(".story-end");
    if (this.end) this.end.id ||= "story-end";
    this.text = story.querySelector('.story-start a[href$="/text"], .story-start a[href*="/text?"]');
    this.wide = matchMedia(WIDE);
    this.current = -1;
    this.stage = new StoryStage(this.words, { onSpots: (places) => this.tools?.pin(places) });
    this.isFrugal = Boolean(navigator.connection?.saveData);
    this.ground = document.createElement("div");
    this.ground.className = "story-ground";
    this.ground.append(this.stage.element);
    story.prepend(this.ground);
    this.dress();
    story.classList.add("is-playing");
    this.readProgress();
    this.listen();
    this.begin();
    this.equip(1);
  }

  get tools() {
    return this.stops[this.current]?.tools;
  }

  /** Build the stops' controls one by one while the page has nothing better to do; a stop that is entered has its own. */
  equip(number) {
    if (number >= this.stops.length) return;
    const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 30));
    idle(() => {
      this.toolsOf(this.stops[number]);
      this.equip(number + 1);
    });
  }

  toolsOf(stop) {
    stop.tools ??= new StopTools(stop, this);
    return stop.tools;
  }

  /** The live words and the badge, which are not of one stop. */
  dress() {
    this.status = document.createElement("p");
    this.status.className = "viewer-hidden";
    this.status.setAttribute("role", "status");
    this.tell = speaker(this.status, () => this.inWords(), 700);
    this.badge = document.createElement("p");
    this.badge.className = "story-badge";
    this.badge.setAttribute("aria-hidden", "true"); // the stop's own figure says it at its place
    this.stage.element.append(this.badge);
    this.ground.append(this.status);
    this.stops.at(-1).section.classList.add("is-last");
    for (const stop of this.stops.slice(1)) {
      const { figure, alt, section } = stop;
      this.stand(stop);
      section.classList.toggle("is-words", !figure);
      if (!figure || section.classList.contains("is-still")) continue;
      // The stage shows it; who doesn't see still reads what is seen, at its place.
      figure.setAttribute("role", "img");
      const seen = alt || section.querySelector("h2").textContent;
      figure.setAttribute("aria-label", [seen, this.madeOf(figure)].filter(Boolean).join(". "));
    }
  }

  /** A row or a place is a page of its own over the stage; of several in a stop only the chosen one is there. */
  stand({ section, figure, panels, views, shown = 0 }) {
    const own = shown ? panels.find((panel) => Number(panel.dataset.panel) === shown) : figure;
    section.classList.toggle("is-still", Boolean(own) && (!views.length || views[shown].kind === "still"));
    if (!panels.length) return;
    for (const one of panels) one.hidden = one !== own;
    if (figure) figure.hidden = panels.includes(own);
  }

  /** What the server says of a figure whose pictures software made. */
  madeOf(figure) {
    return figure?.querySelector(".made")?.textContent.trim() ?? "";
  }

  readProgress() {
    const bar = this.story.querySelector(".story-progress");
    this.ticks = [...(bar?.querySelectorAll("a") ?? [])];
    if (bar) bar.hidden = false;
    this.ticks.forEach((tick, n) => {
      tick.title = this.stops[n + 1]?.title ?? "";
    });
  }

  /** The part of the stage that the stop's words leave free, in the stage's pixels. */
  roomOf({ words, section }) {
    const width = this.stage.box.clientWidth;
    const height = Math.min(innerHeight, this.stage.box.clientHeight);
    if (section.classList.contains("story-start")) return { left: 0, top: 0, width, height };
    if (this.wide.matches) {
      const left = words.offsetLeft + words.offsetWidth + 32;
      return { left, top: 40, width: Math.max(80, width - left - 48), height: Math.max(80, height - 40 - 72) };
    }
    const first = words.firstElementChild.offsetTop;
    return { left: 12, top: 12, width: width - 24, height: Math.max(80, first - 12 - 28) };
  }

  /** Where the stop's words rest: those taller than the screen scroll until their end is seen. */
  measure({ words: card, number } = this.stops[this.current]) {
    if (!number) return;
    const [top, rest] = [card.firstElementChild.offsetTop, Math.min(0, innerHeight - card.offsetHeight)];
    card.style.setProperty("--card-top", `${top}px`);
    card.style.setProperty("--rest", `${rest}px`);
  }

  topOf({ section, number }) {
    return number ? Math.ceil(section.getBoundingClientRect().top + scrollY) : 0;
  }

  listen() {
    let asked = 0;
    const soon = () => {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        this.scrolled();
      });
    };
    addEventListener("scroll", soon, { passive: true });
    addEventListener("scrollend", () => {
      // A way replaced by another ends too, far from where we go now.
      if (this.heading !== undefined && Math.abs(scrollY - this.topOf(this.stops[this.heading])) < 8) this.arrive();
    });
    for (const name of ["wheel", "touchmove"]) addEventListener(name, () => this.arrive(), { passive: true });
    for (const name of ["wheel", "touchstart", "pointerdown", "keydown", "scroll"]) {
      addEventListener(name, () => this.wake(), { passive: true, once: true });
    }
    // Tab must find every stop's controls, built or not.
    addEventListener("keydown", () => this.stops.slice(1).forEach((stop) => this.toolsOf(stop)), { capture: true, once: true });
    document.addEventListener("keydown", (event) => this.pressed(event));
    this.story.addEventListener("click", (event) => this.clicked(event));
    this.story.addEventListener("focusin", (event) => this.focused(event));
    const resized = () => {
      if (this.current <= 0) return;
      this.measure();
       this.stage.reframe(this.roomOf(this.stops[this.current]));
      this.tools?.settle();
      this.scrolled();
    };
    new ResizeObserver(resized).observe(this.stage.box);
    document.fonts?.ready.then(resized);
    addEventListener("hashchange", () => {
      const asked = this.byHash(location.hash);
      if (asked >= 0 && asked !== this.current) this.go(asked, { isInstant: true });
    });
  }

  begin() {
    const asked = this.byHash(location.hash);
    if (asked > 0) {
      this.go(asked, { isInstant: true });
      // No scroll by hand is needed to see a shared stop: heavy parts come once the page is at rest.
      const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 800));
      idle(() => this.wake());
    } else if (scrollY) this.scrolled();
    else this.enter(0);
  }

  byHash(hash) {
    const id = decodeURIComponent(hash.slice(1));
    return id ? this.stops.findIndex((stop) => stop.id === id || stop.section.dataset.stop === id) : -1;
  }

  /** From now on heavy parts may come, unless the visitor saves data. */
  wake() {
    if (this.stage.isEager || this.isFrugal) return;
    this.stage.isEager = true;
    this.tools?.loader?.remove();
    if (this.current > 0) this.load();
  }

  scrolled() {
    this.align();
    if (this.heading !== undefined) {
      if (Math.abs(scrollY - this.topOf(this.stops[this.heading])) < 2) this.arrive();
      return;
    }
    const line = scrollY + innerHeight * EARLY;
    let found = 0;
    for (const stop of this.stops) if (stop.number && this.topOf(stop) <= line) found = stop.number;
    this.enter(found);
  }

  align() {
    const { section, tools } = this.stops[this.current] ?? {};
    if (!tools || !section) return;
    tools.align(0);
    tools.align(this.stage.element.getBoundingClientRect().top - tools.over.getBoundingClientRect().top);
  }

  /** A way that we scroll by ourselves has come to its end, or a visitor took over. */
  arrive() {
    if (this.heading === undefined) return;
    this.heading = undefined;
    clearTimeout(this.patience);
    this.scrolled();
  }

  /** Make the stop `number` the current one: stage, ticks, address, words. */
  enter(number) {
    if (number === this.current) return;
    const last = this.stops[this.current];
    last?.section.classList.remove("is-current");
    last?.tools?.leave();
    this.current = number;
    const stop = this.stops[number];
    stop.section.classList.add("is-current");
    this.story.classList.toggle("is-started", number > 0);
    this.ticks.forEach((tick, n) => {
      if (n === number - 1) tick.setAttribute("aria-current", "step");
      else tick.removeAttribute("aria-current");
      tick.classList.toggle("is-past", n < number);
    });
    const address = number ? `#${stop.id}` : location.pathname + location.search;
    if (location.hash !== (number ? address : "")) history.replaceState(history.state, "", address);
    this.story.classList.toggle("has-still", stop.section.classList.contains("is-still"));
    stop.shown ??= 0;
    if (!number) {
      this.stage.show(null, {});
      if (last) this.tell();
      return;
    }
    this.badge.textContent = this.madeOf(stop.figure);
    this.toolsOf(stop).open(stop.shown);
    this.measure(stop);
    this.align();
    this.load({ from: last?.number === 0 ? this.cameraOfStart() : null });
    this.stage.keepOnly(this.modelsAround(number));
    if (last) this.tell();
  }

  cameraOfStart() {
    const { figure, views } = this.stops[0];
    const space = this.stops[this.current].views[0]?.space;
    if (!space || views[0]?.space !== space) return null;
    const origin = this.stage.box.getBoundingClientRect();
    return cameraOfFigure({ figure, view: views[0], stage: this.stage.size, origin });
  }

  modelsAround(number) {
    return this.stops.slice(Math.max(0, number - 1), number + 2).flatMap(({ views }) => views.map(({ model }) => model));
  }

  /** Show the current stop's view; says what failed, and why. */
  async load({ from = null } = {}) {
    const stop = this.stops[this.current];
    const view = stop.views[stop.shown];
    if (!stop.number) return;
    stop.tools.trouble(null);
    try {
      const arrived = await this.stage.show(view, { room: this.roomOf(stop), poster: stop.figure, from });
      if (arrived && stop === this.stops[this.current]) this.prepare(this.stops[stop.number + 1]);
    } catch (error) {
      if (stop === this.stops[this.current]) stop.tools.trouble(error);
    }
  }

  /** Bring the code that the next stop will need. */
  prepare(stop) {
    if (!this.stage.isEager || stop?.views[0]?.kind !== "scan") return;
    import("./scan_stage.js").catch(() => {});
  }

  /** A visitor who saves data asked for this heavy part. */
  insist() {
    this.stage.isEager = true;
    this.tools.loader?.remove();
    this.leaveControl();
    return this.load().finally(() => {
      this.stage.isEager = !this.isFrugal;
    });
  }

  choose(index) {
    const stop = this.stops[this.current];
    if (stop.shown === index) return;
    stop.shown = index;
    stop.tools.open(index);
    this.stand(stop);
    this.story.classList.toggle("has-still", stop.section.classList.contains("is-still"));
    // On a phone a page of its own stands above the words, and would come in out of sight.
    if (stop.panels.length) scrollTo({ top: this.topOf(stop), behavior: "instant" });
    this.load();
    this.tell();
  }

  light(index) {
    const stop = this.stops[this.current];
    const view = stop.views[stop.shown];
    view.layer = index;
    this.load();
    this.say(view.layers[index].label);
  }

  /** Go to a stop: one step on is scrolled, a far one is a jump of the page and one flight of the stage. */
  go(number, { isInstant = false, takesFocus = false } = {}) {
    const stop = this.stops[Math.min(this.stops.length - 1, Math.max(0, number))];
    const isNear = Math.abs(stop.number - this.current) <= 1;
    this.heading = stop.number;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.arrive(), 1600);
    const behavior = isInstant || !isNear || wantsStillness() ? "instant" : "smooth";
    this.enter(stop.number);
    scrollTo({ top: this.topOf(stop), behavior });
    if (takesFocus) {
      const title = stop.section.querySelector("h1, h2");
      title.tabIndex = -1;
      title.focus({ preventScroll: true });
    }
  }

  clicked(event) {
    const link = event.target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const number = this.byHash(link.hash);
    if (number < 0) return;
    event.preventDefault();
    this.go(number, { takesFocus: true });
  }

  /** The focus came into another stop by Tab: go there, so that it isn't hidden. */
  focused({ target }) {
    const stop = this.stops.find(({ section }) => section.contains(target));
    if (stop && stop.number !== this.current) this.go(stop.number, { isInstant: true });
  }

  pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const isOwn = event.target.closest?.(OWN_KEYS);
    if (event.key === "Escape") {
      if (this.story.contains(event.target) && event.target !== document.body) this.leaveControl();
      return;
    }
    if (isOwn || event.shiftKey || !this.isHere()) return;
    const steps = { j: 1, ArrowRight: 1, k: -1, ArrowLeft: -1 };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key in steps) this.go(this.current + steps[key], { takesFocus: true });
    else if (key === "Home") this.go(0, { takesFocus: true });
    else if (key === "End") this.go(this.stops.length - 1, { takesFocus: true });
    else return;
    event.preventDefault();
  }

  isHere() {
    const { top, bottom } = this.story.getBoundingClientRect();
    return top < innerHeight / 2 && bottom > innerHeight / 2;
  }

  leaveControl() {
    const title = this.stops[this.current].section.querySelector("h1, h2");
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }

  say(words) {
    this.tell.stop();
    this.status.textContent = words ?? "";
  }

  inWords() {
    const { number, title, alt, views, shown } = this.stops[this.current];
    if (!number) return title;
    const view = views[shown ?? 0];
    const about = shown ? (view.label ?? "") : alt;
    return say(this.words.story_said, { number, total: this.stops.length - 1, title, about });
  }

  megabytes(bytes) {
    const number = new Intl.NumberFormat(languageOf(this.story), { maximumFractionDigits: 1 });
    return `${number.format(bytes / 1e6)} MB`;
  }
}

export function mountStory(story) {
  story.museumStory = new Player(story);
}
