// The one question before anything heavy is fetched: can this browser show 3D?

/** A canvas and its WebGL 2 context: {canvas, webgl}; null where there is none. */
export function makeCanvas() {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  const webgl = canvas.getContext("webgl2", { alpha: true, antialias: true, powerPreference: "low-power" });
  return webgl && { canvas, webgl };
}
