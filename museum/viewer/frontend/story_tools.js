// The controls of one stop: forward and back, other views, lights, the curtain, points, sound, what failed.
import { Curtain } from "./curtain.js";
import { button, group } from "./elements.js";
import { Hotspots } from "./hotspots.js";
import { listening } from "./story_sound.js";

const NAMES = { image: "view_image", scan: "view_scan", compare: "view_compare", audio: "view_audio", still: "view_still" };

function link(words, href, className) {
  const made = document.createElement("a");
  made.className = className;
  made.href = href;
  made.textContent = words;
  return made;
}

export class StopTools {
  /** `player` has go(number), choose(index), light(index), hang(curtain), load(), stage and roomOf(stop). */
  constructor(stop, player) {
    this.stop = stop;
    this.player = player;
    this.words = player.words;
    this.over = document.createElement("div");
    this.over.className = "stop-over";
    this.place = document.createElement("div");
    this.place.className = "stop-tools";
    if (stop.number) this.walk();
    this.offerViews();
    stop.section.append(this.over);
  }

  /** Forward, back, the same as text. */
  walk() {
    const { stops, text: asText } = this.player;
    const { number } = this.stop;
    const actions = document.createElement("p");
    actions.className = "stop-actions";
    const next = stops[number + 1];
    if (next) actions.append(link(this.words.story_next, `#${next.id}`, "key"));
    else if (this.player.end) actions.append(link(this.words.story_end, `#${this.player.end.id}`, "key"));
    const back = stops[number - 1];
    actions.append(link(this.words.story_back, back.id ? `#${back.id}` : "#start", "chip"));
    if (asText) {
      const way = link(this.words.story_text, `${asText.getAttribute("href")}#${this.stop.id}`, "chip");
      way.target = asText.target; // in other sites' frames a new tab, as the server says
      actions.append(way);
    }
    const sources = this.stop.words.querySelector(".stop-sources");
    const text = this.stop.words.querySelector(".stop-text");
    (text ?? this.stop.words.lastElementChild).after(this.place, actions);
    if (sources) actions.after(sources);
  }

  /** Buttons for the views of a stop that has several; they take the place of the server's links. */
  offerViews() {
    const { views, words } = this.stop;
    const links = words.querySelector(".stop-choices");
    if (views.length < 2) return;
    const named = (index) => links?.querySelector(`[data-view="${index}"]`)?.textContent;
    this.chips = views.map((view, index) =>
      button(view.label || named(index) || this.words[NAMES[view.kind]], { act: () => this.player.choose(index) }),
    );
    const row = group(this.words.story_views, "stop-row-of-chips", this.chips);
    if (links) links.replaceWith(row);
    else this.place.before(row);
    this.place.before(row);
  }

  /** Build what the view `index` needs, take away what the last one needed. */
  open(index) {
    this.clear();
    this.view = this.stop.views[index];
    this.chips?.forEach((chip, n) => chip.setAttribute("aria-pressed", String(n === index)));
    if (!this.view) return;
    const make = { image: () => this.lights(), compare: () => this.compare(), scan: () => this.scan(), audio: () => this.sound() };
    make[this.view.kind]?.();
  }

  lights() {
    const { layers, layer, space } = this.view;
    if (layers.length < 2) return;
    // The same order at every stop, whichever light a stop begins with.
    const order = [...space.layers.keys()].map((id) => layers.findIndex((one) => one.id === id)).filter((n) => n >= 0);
    const press = (index) =>
      chips.forEach((chip, n) => {
        chip.setAttribute("aria-pressed", String(order[n] === index));
        // On a phone the row scrolls sideways; the page must not.
        if (order[n] === index) chip.parentElement?.scrollTo({ left: chip.offsetLeft - 40 });
      });
    const chips = order.map((index) =>
      button(layers[index].label, {
        act: () => {
          press(index);
          this.player.light(index);
        },
      }),
    );
    this.place.append(group(this.words.layers, "stop-row-of-chips", chips));
    press(layer);
  }

  compare() {
    const { before, after } = this.view;
    this.curtain = new Curtain({ words: this.words, sides: [before, after], onMove: () => this.hang() });
    this.over.append(this.curtain.element);
    this.place.append(
      group(this.words.view_compare, "stop-row-of-chips", [
        button(this.words.curtain_swap, { act: () => this.curtain.swap() }),
      ]),
    );
    this.settle();
  }

  hang() {
    if (!this.curtain?.room) return;
    const [left, right] = this.curtain.sides;
    this.player.stage.hang({ left: left.id, right: right.id, x: this.curtain.x });
  }

  scan() {
    const { hotspots = [], bytes } = this.view;
    if (!this.player.stage.isEager) {
      const size = bytes ? ` (${this.player.megabytes(bytes)})` : "";
      this.loader = button(this.words.open_scan + size, { className: "chip", act: () => this.player.insist() });
      this.place.append(this.loader);
    }
    if (!hotspots.length) return;
    this.spots = new Hotspots({ words: this.words, spots: hotspots, onOpen: (n) => this.player.say(hotspots[n]?.label) });
    this.spots.element.hidden = true;
    this.over.append(this.spots.element);
  }

  /** Places of the scan's points in the stage's pixels. */
  pin(places) {
    if (!this.spots) return;
    this.spots.element.hidden = false;
    this.spots.place(places, this.player.roomOf(this.stop));
  }

  sound() {
    this.listener = listening({ view: this.view, words: this.words, title: this.stop.title });
    this.place.append(this.listener.element);
  }

  /** Words for what could not be loaded, and a way to try again. */
  trouble(error) {
    this.fault?.remove();
    this.fault = null;
    if (!error) return;
    this.fault = document.createElement("p");
    this.fault.className = "stop-trouble";
    this.fault.setAttribute("role", "status");
    this.fault.append(
      `${error.words ?? this.words.picture_failed} `,
      button(this.words.retry, { act: () => this.player.load() }),
    );
    this.place.append(this.fault);
  }

  /** The overlay lies on the free part of the stage. */
  settle() {
    this.curtain?.over(this.player.stage.shownPart(this.view, this.player.roomOf(this.stop)));
  }

  /** Keep the overlay where the stage is while the page is scrolled. */
  align(offset) {
    this.over.style.transform = offset ? `translateY(${offset}px)` : "";
  }

  /** The stop is left: sound stops. */
  leave() {
    this.listener?.pause();
  }

  clear() {
    this.listener?.pause();
    this.listener = this.curtain = this.spots = this.loader = this.fault = null;
    this.over.replaceChildren();
    this.place.replaceChildren();
  }
}
