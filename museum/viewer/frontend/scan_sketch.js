// The first picture of a scan, before three.js is there: its smallest copy in the light and the frame of the view that
// follows, to be turned and brought nearer already. Drawn only when something has changed.
import { CLOSEST, depths, FARTHEST, FIELD_OF_VIEW, FRONT, measures, NARROW_PX, room, STEP, whole, ZOOM } from "./scan_framing.js";
import { PLASTER, PLASTER_ROUGHNESS } from "./scan_lamp.js";
import { listenToPointers } from "./scan_pointer.js";
import { read } from "./scan_sketch_glb.js";
import { FRAGMENT, VERTEX } from "./scan_sketch_shade.js";
import { listenToKeys, surface } from "./stage.js";

const BAR_PX = { wide: 78, narrow: 79.1875 }; // height of the row of tools that comes with the view
const DEGREES = 180 / Math.PI;

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/** Programs, arrays and textures of one model in a WebGL 2 context, and how it is drawn. */
class Model {
  constructor(webgl, { parts }) {
    this.webgl = webgl;
    this.made = []; // what gives its memory back at the end
    this.program = this.linked();
    this.at = (name) => webgl.getUniformLocation(this.program, name);
    this.white = this.texture(null);
    this.parts = parts.map((part) => this.part(part));
    this.hasMetal = this.parts.some(({ metalness }) => metalness > 0);
  }

  linked() {
    const { webgl } = this;
    const program = webgl.createProgram();
    for (const [kind, source] of [[webgl.VERTEX_SHADER, VERTEX], [webgl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = webgl.createShader(kind);
      webgl.shaderSource(shader, source);
      webgl.compileShader(shader);
      webgl.attachShader(program, shader);
      webgl.deleteShader(shader);
    }
    webgl.linkProgram(program);
    if (!webgl.getProgramParameter(program, webgl.LINK_STATUS)) throw new Error(webgl.getProgramInfoLog(program));
    this.made.push(() => webgl.deleteProgram(program));
    return program;
  }

  buffer(kind, { bytes }) {
    const { webgl } = this;
    const made = webgl.createBuffer();
    webgl.bindBuffer(kind, made);
    webgl.bufferData(kind, bytes, webgl.STATIC_DRAW);
    this.made.push(() => webgl.deleteBuffer(made));
  }

  texture(picture, isColor) {
    const { webgl } = this;
    const made = webgl.createTexture();
    webgl.bindTexture(webgl.TEXTURE_2D, made);
    const format = isColor ? webgl.SRGB8_ALPHA8 : webgl.RGBA8;
    if (picture) {
      webgl.texImage2D(webgl.TEXTURE_2D, 0, format, webgl.RGBA, webgl.UNSIGNED_BYTE, picture);
      webgl.generateMipmap(webgl.TEXTURE_2D);
      webgl.texParameteri(webgl.TEXTURE_2D, webgl.TEXTURE_MIN_FILTER, webgl.LINEAR_MIPMAP_LINEAR);
    } else {
      const white = new Uint8Array([255, 255, 255, 255]);
      webgl.texImage2D(webgl.TEXTURE_2D, 0, format, 1, 1, 0, webgl.RGBA, webgl.UNSIGNED_BYTE, white);
      webgl.texParameteri(webgl.TEXTURE_2D, webgl.TEXTURE_MIN_FILTER, webgl.NEAREST);
    }
    this.made.push(() => webgl.deleteTexture(made));
    return made;
  }

  part({ position, normal, color, uv, index, place, material }) {
    const { webgl } = this;
    const array = webgl.createVertexArray();
    webgl.bindVertexArray(array);
    this.made.push(() => webgl.deleteVertexArray(array));
    [position, normal, color, uv].forEach((told, slot) => {
      if (!told) return;
      this.buffer(webgl.ARRAY_BUFFER, told);
      webgl.enableVertexAttribArray(slot);
      webgl.vertexAttribPointer(slot, told.width, told.type, told.isNormalized, told.stride, 0);
    });
    if (index) this.buffer(webgl.ELEMENT_ARRAY_BUFFER, index);
    webgl.bindVertexArray(null);
    const bare = { color: color ? [1, 1, 1] : PLASTER, metalness: 0, roughness: PLASTER_ROUGHNESS, depth: 1 };
    const { pictures = [], ...dress } = material ?? bare;
    const textures = [0, 1, 2].map((n) => (pictures[n] && uv ? this.texture(pictures[n], n === 0) : this.white));
    return {
      ...dress,
      array,
      place: place.toFloat32Array(),
      isFlat: !normal,
      hasRelief: textures[1] !== this.white,
      textures,
      count: (index ?? position).count,
      type: index?.type,
    };
  }

  draw({ view, projection }) {
    const { webgl, at } = this;
    const { canvas } = webgl;
    webgl.bindFramebuffer(webgl.FRAMEBUFFER, null);
    webgl.viewport(0, 0, canvas.width, canvas.height);
    webgl.clearColor(0, 0, 0, 0);
    webgl.enable(webgl.DEPTH_TEST);
    webgl.clear(webgl.COLOR_BUFFER_BIT | webgl.DEPTH_BUFFER_BIT);
    webgl.useProgram(this.program);
    webgl.uniformMatrix4fv(at("V"), false, view.toFloat32Array());
    webgl.uniformMatrix4fv(at("P"), false, projection);
    ["B", "R", "G"].forEach((name, slot) => webgl.uniform1i(at(name), slot));
    webgl.vertexAttrib4f(2, 1, 1, 1, 1);
    for (const part of this.parts) {
      webgl.uniformMatrix4fv(at("M"), false, part.place);
      webgl.uniform3f(at("C"), ...part.color.slice(0, 3));
      webgl.uniform4f(at("S"), part.metalness, part.roughness, part.depth, Number(this.hasMetal));
      webgl.uniform3i(at("Q"), Number(part.isFlat), Number(Boolean(part.isTwoSided)), Number(part.hasRelief));
      part.textures.forEach((texture, slot) => {
        webgl.activeTexture(webgl.TEXTURE0 + slot);
        webgl.bindTexture(webgl.TEXTURE_2D, texture);
      });
      webgl[part.isTwoSided ? "disable" : "enable"](webgl.CULL_FACE);
      webgl.bindVertexArray(part.array);
      if (part.type) webgl.drawElements(webgl.TRIANGLES, part.count, part.type, 0);
      else webgl.drawArrays(webgl.TRIANGLES, 0, part.count);
    }
    webgl.bindVertexArray(null);
  }

  dispose() {
    for (const undo of this.made.splice(0)) undo();
  }
}

export class Sketch {
  constructor(context, { canvas, webgl }, model) {
    const { element, state } = context;
    Object.assign(this, { element, state, canvas, webgl });
    const { low, high } = model;
    this.model = new Model(webgl, model);
    this.middle = low.map((value, axis) => (value + high[axis]) / 2);
    this.bounds = measures(low, high);
    this.view = { ...FRONT, zoom: 1 };
    this.framesDrawn = 0;
    this.stop = new AbortController();
    this.surface = surface({ ...context, kind: "scan" });
    this.surface.layer.append(canvas);
    this.listen();
    state.sketch = this;
    this.resize();
    this.draw();
    element.classList.add("is-sketched");
    this.surface.layer.focus({ preventScroll: true });
  }

  listen() {
    const { layer } = this.surface;
    const turn = (x, y) => () => this.turn(x * STEP, y * STEP);
    // The view that follows puts its own acts in the place of these: a finger that is down stays down.
    this.hands = {
      turn: ({ x, y }) => this.turn(x, y),
      pan: () => {},
      zoomBy: (factor) => this.zoomBy(factor),
      tap: () => {},
      done: () => {},
    };
    listenToPointers(layer, this.hands);
    const keys = {
      ArrowLeft: turn(-1, 0),
      ArrowRight: turn(1, 0),
      ArrowUp: turn(0, 1),
      ArrowDown: turn(0, -1),
      "+": () => this.zoomBy(ZOOM),
      "=": () => this.zoomBy(ZOOM),
      "-": () => this.zoomBy(1 / ZOOM),
      0: () => this.change({ ...FRONT, zoom: 1 }),
    };
    listenToKeys(layer, keys, this.stop.signal);
    this.watcher = new ResizeObserver(() => this.resize() && this.draw());
    this.watcher.observe(this.canvas);
  }

  turn(azimuth, elevation) {
    const { view } = this;
    this.change({ azimuth: view.azimuth + azimuth, elevation: clamp(view.elevation + elevation, -Math.PI / 2, Math.PI / 2) });
  }

  zoomBy(factor) {
    this.change({ zoom: clamp(this.view.zoom * factor, FARTHEST, CLOSEST) });
  }

  change(view) {
    Object.assign(this.view, view);
    this.ask();
  }

  ask() {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  /** Whether the canvas has another size now. */
  resize() {
    const { canvas } = this;
    const ratio = Math.min(devicePixelRatio, 2);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.floor(side * ratio));
    if (canvas.width === width && canvas.height === height) return false;
    Object.assign(canvas, { width, height });
    return true;
  }

  /** The camera as Orbit and ScanScene put it: {view, projection}. */
  camera() {
    const { bounds, middle } = this;
    const { azimuth, elevation, zoom } = this.view;
    const stage = { width: this.canvas.clientWidth || 1, height: this.canvas.clientHeight || 1 };
    const free = room(stage, stage.width < NARROW_PX ? BAR_PX.narrow : BAR_PX.wide);
    const range = whole(bounds, { fov: FIELD_OF_VIEW, aspect: free.width / free.height }) / zoom;
    const [near, far] = depths(range, bounds.radius);
    const tall = (Math.tan(FIELD_OF_VIEW / 2 / DEGREES) * stage.height) / free.height;
    const across = ((free.left + free.width / 2) * 2) / stage.width - 1;
    const up = 1 - ((free.top + free.height / 2) * 2) / stage.height;
    const view = new DOMMatrix()
      .translateSelf(0, 0, -range)
      .rotateAxisAngleSelf(1, 0, 0, elevation * DEGREES)
      .rotateAxisAngleSelf(0, 1, 0, -azimuth * DEGREES)
      .translateSelf(...middle.map((value) => -value));
    const depth = near - far;
    const scale = (tall * stage.width) / stage.height;
    const projection = [1 / scale, 0, 0, 0, 0, 1 / tall, 0, 0, -across, -up, (near + far) / depth, -1, 0, 0, (2 * near * far) / depth, 0];
    return { view, projection };
  }

  draw() {
    if (this.isOver || this.webgl.isContextLost()) return;
    this.model.draw(this.camera());
    this.framesDrawn += 1;
  }

  /** The view takes over: what is drawn stays until it draws. */
  leave() {
    if (this.isOver) return;
    this.isOver = true;
    cancelAnimationFrame(this.asked);
    this.stop.abort();
    this.watcher.disconnect();
    this.model.dispose();
    delete this.state.sketch;
  }

  /** Back to the poster. */
  remove() {
    this.leave();
    this.surface.remove();
    this.element.classList.remove("is-sketched");
  }
}

/** Draw what `bytes` hold over the poster; resolves to the sketch, or to null where that can't be done. */
export async function sketch(context, made, { bytes, decoder, up }) {
  try {
    return new Sketch(context, made, await read(bytes, { decoder, up }));
  } catch (error) {
    console.debug(error);
    return null;
  }
}
