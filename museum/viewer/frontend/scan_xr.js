// The object in the room by WebXR (Device API, AR module): at its true size, on the floor before the visitor; a tap puts it
// where the floor was touched.
import { Group, Matrix4, Vector3 } from "three";

const AWAY_M = 1.2;

/** Begin a session; the page's view comes back when it ends. */
export async function enter(view) {
  const { scene, element } = view;
  const { renderer } = scene;
  const session = await navigator.xr.requestSession("immersive-ar", {
    optionalFeatures: ["local-floor", "hit-test", "dom-overlay"],
    domOverlay: { root: element },
  });
  const floor = await session.requestReferenceSpace("local-floor").then(
    () => "local-floor",
    () => "local",
  );
  const room = placed(scene, view.mmPerUnit / 1000, floor === "local" ? -1.4 : 0);
  renderer.xr.enabled = true;
  renderer.xr.setReferenceSpaceType(floor);
  await renderer.xr.setSession(session);
  element.classList.add("is-in-room");
  scene.setCut(null);
  session.addEventListener("select", ({ frame, inputSource }) => move(room, frame, inputSource, renderer));
  renderer.setAnimationLoop(() => renderer.render(scene.scene, scene.camera));
  session.addEventListener(
    "end",
    () => {
      renderer.setAnimationLoop(null);
      renderer.xr.enabled = false;
      room.back();
      element.classList.remove("is-in-room");
      scene.resize();
      view.tell();
    },
    { once: true },
  );
  return session;
}

/** Put the world on the floor at its true size; `back` undoes it. */
function placed(scene, metresPerUnit, floor) {
  const { world, orbit } = scene;
  const { middle, halves } = orbit.bounds;
  const was = world.matrix.clone();
  const stand = new Group();
  scene.scene.add(stand);
  stand.add(world);
  world.applyMatrix4(new Matrix4().makeTranslation(-middle.x, halves.y - middle.y, -middle.z));
  stand.scale.setScalar(metresPerUnit);
  stand.position.set(0, floor, -AWAY_M - halves.z * metresPerUnit);
  return {
    stand,
    back() {
      scene.scene.add(world);
      world.matrix.copy(was);
      world.matrix.decompose(world.position, world.quaternion, world.scale);
      stand.removeFromParent();
    },
  };
}

/** To where the pointing ray meets the floor on which the object stands. */
function move({ stand }, frame, source, renderer) {
  const pose = frame.getPose(source.targetRaySpace, renderer.xr.getReferenceSpace());
  if (!pose) return;
  const matrix = new Matrix4().fromArray(pose.transform.matrix);
  const from = new Vector3().setFromMatrixPosition(matrix);
  const way = new Vector3(0, 0, -1).transformDirection(matrix);
  if (way.y > -0.05) return;
  const far = (stand.position.y - from.y) / way.y;
  if (far > 0 && far < 20) stand.position.copy(from.addScaledVector(way, far));
}
