// The sounds of a scene: everywhere, from a point or in a cone, on the scene's clock; never before somebody asks.
const LOOK_MS = 200; // how often the ear follows the camera and the clock is looked at

/** Seconds of the scene's clock between which a sound is heard: [from, to], `to` may be Infinity. */
function heardBetween({ span }, durationS) {
  const [from, to] = span ?? [0, null];
  return [from, Math.min(to ?? Infinity, durationS ?? Infinity)];
}

export class Sounds {
  /** `resolve(address, format)` gives where a file can be had, or null; `onInstant(note)` hears of notes whose moment has come. */
  constructor({ sounds, notes, durationS }, { scene, resolve, onEnd, onInstant, failed }) {
    Object.assign(this, { scene, resolve, onEnd, onInstant, failed, durationS });
    this.sounds = sounds.filter(({ isHidden }) => !isHidden);
    this.moments = notes.filter(({ instant }) => instant !== null).sort((a, b) => a.instant - b.instant);
  }

  /** Seconds since the beginning; 0 while nothing plays. */
  get now() {
    return this.context && this.begun !== undefined ? Math.max(0, this.context.currentTime - this.begun) : 0;
  }

  async play() {
    this.context ??= new AudioContext();
    await this.context.resume();
    this.buffers ??= await Promise.all(this.sounds.map((sound) => this.load(sound)));
    this.begun = this.context.currentTime;
    this.told = 0;
    this.playing = this.sounds.map((sound, index) => this.buffers[index] && this.start(sound, this.buffers[index])).filter(Boolean);
    this.follow();
    this.clock = setInterval(() => this.look(), LOOK_MS);
  }

  async load({ address, format }) {
    const found = this.resolve(address, format);
    if (!found) return null;
    try {
      const answer = await fetch(found);
      return await this.context.decodeAudioData(await answer.arrayBuffer());
    } catch (error) {
      console.warn(error);
      this.failed.push(address);
      return null;
    }
  }

  start(sound, buffer) {
    const { context } = this;
    const [from, to] = heardBetween(sound, this.durationS);
    const source = new AudioBufferSourceNode(context, { buffer, loop: sound.timeMode === "loop" });
    const [cutFrom, cutTo] = sound.cut ?? [0, null];
    if (sound.timeMode === "scale" && Number.isFinite(to)) source.playbackRate.value = buffer.duration / (to - from);
    let last = source.connect(new GainNode(context, { gain: sound.volume }));
    if (sound.kind !== "ambient") last = last.connect(this.panner(sound));
    last.connect(context.destination);
    source.start(this.begun + from, cutFrom);
    const own = cutTo === null ? Infinity : from + cutTo - cutFrom;
    if (Number.isFinite(Math.min(to, own))) source.stop(this.begun + Math.min(to, own));
    source.addEventListener("ended", () => this.ended(source));
    return source;
  }

  panner({ kind, position, direction, target, angleDeg }) {
    const [positionX, positionY, positionZ] = position;
    const [orientationX, orientationY, orientationZ] = target ? target.map((value, axis) => value - position[axis]) : direction;
    // The angle is the cone's radius; the draft leaves decay to clients: half as loud at twice the scene's own radius.
    const cone = kind === "spot" ? { coneInnerAngle: 2 * (angleDeg ?? 30), coneOuterAngle: 2 * (angleDeg ?? 30), coneOuterGain: 0 } : {};
    return new PannerNode(this.context, {
      positionX, positionY, positionZ, orientationX, orientationY, orientationZ,
      refDistance: this.scene.radius, panningModel: "HRTF", ...cone,
    });
  }

  /** The ear is where the camera is. */
  follow() {
    const { listener } = this.context;
    const { matrixWorld } = this.scene.camera;
    const column = (index) => matrixWorld.elements.slice(index * 4, index * 4 + 3);
    const [up, back, place] = [column(1), column(2), column(3)];
    for (const [axis, name] of ["X", "Y", "Z"].entries()) {
      if (!listener[`position${name}`]) continue; // Firefox before 2025 moves it by methods only
      listener[`position${name}`].value = place[axis];
      listener[`forward${name}`].value = -back[axis];
      listener[`up${name}`].value = up[axis];
    }
  }

  look() {
    this.follow();
    for (; this.told < this.moments.length && this.moments[this.told].instant <= this.now; this.told += 1) {
      this.onInstant(this.moments[this.told]);
    }
    if (this.durationS && this.now >= this.durationS) this.stop();
  }

  ended(source) {
    this.playing = this.playing?.filter((each) => each !== source);
    if (this.playing && !this.playing.length && !this.durationS) this.stop();
  }

  stop() {
    clearInterval(this.clock);
    const { playing = [] } = this;
    this.playing = undefined;
    this.begun = undefined;
    for (const source of playing) source.stop();
    this.onEnd();
  }

  dispose() {
    if (this.playing) this.stop();
    this.context?.close();
  }
}
