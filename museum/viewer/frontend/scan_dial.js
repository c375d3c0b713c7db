// A disc that shows from where the lamp shines, as seen from the camera; a touch puts it there. Sliders beside it do the
// same by keys and say it, so the disc itself is silent.

export class Dial {
  constructor({ label, act }) {
    this.act = act;
    this.element = document.createElement("div");
    this.element.className = "dial";
    this.element.setAttribute("aria-hidden", "true");
    this.element.title = label;
    this.dot = document.createElement("span");
    this.dot.className = "dial-dot";
    this.element.append(this.dot);
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      this.point(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) this.point(event);
    });
  }

  point(event) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    let x = ((event.clientX - left) / width) * 2 - 1;
    let y = 1 - ((event.clientY - top) / height) * 2;
    const far = Math.hypot(x, y);
    if (far > 0.995) [x, y] = [(x / far) * 0.995, (y / far) * 0.995];
    const elevation = Math.asin(y);
    this.act({ elevation, azimuth: Math.asin(Math.max(-1, Math.min(1, x / Math.cos(elevation)))) });
  }

  show({ azimuth, elevation }) {
    const x = Math.sin(azimuth) * Math.cos(elevation);
    const y = Math.sin(elevation);
    this.dot.style.transform = `translate(${x * 2.4}rem, ${-y * 2.4}rem)`;
    this.dot.classList.toggle("is-behind", Math.cos(azimuth) < 0);
  }
}
