// A page on which NASA's 3d-tiles-renderer shows a tileset with its default settings: told what to do by a test.
import {
  AmbientLight, Box3, Color, DirectionalLight, FrontSide, MeshBasicMaterial, PerspectiveCamera, Scene, Sphere, Vector3, WebGLRenderer,
} from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { TilesRenderer } from "3d-tiles-renderer/three";

const SIDE = 800;

window.show = async (address, { errorTarget, isFlat } = {}) => {
  const renderer = new WebGLRenderer({ antialias: false, preserveDrawingBuffer: true });
  renderer.setPixelRatio(1);
  renderer.setSize(SIDE, SIDE);
  document.body.append(renderer.domElement);
  const scene = new Scene(), camera = new PerspectiveCamera(24, 1, 1e-4, 1e4);
  const light = new DirectionalLight(0xffffff, 3);
  light.position.set(1, 2, 3);
  scene.add(light, new AmbientLight(0xffffff, 0.6));
  scene.background = new Color(0x000000);
  const tiles = new TilesRenderer(address), loader = new GLTFLoader(tiles.manager), told = { loaded: [], failed: [] };
  loader.setMeshoptDecoder(MeshoptDecoder);
  tiles.manager.addHandler(/\.glb$/, loader);
  if (errorTarget !== undefined) tiles.errorTarget = errorTarget;
  tiles.addEventListener("load-model", ({ scene: model, tile }) => {
    told.loaded.push(tile.content.uri.split("/").pop());
    if (isFlat) model.traverse((part) => part.isMesh && (part.material = new MeshBasicMaterial({ side: FrontSide })));
  });
  tiles.addEventListener("load-error", ({ error, url }) => told.failed.push(`${url}: ${error}`));
  tiles.group.rotation.x = -Math.PI / 2; // the tileset's Z is up, this scene's Y
  scene.add(tiles.group);
  tiles.setCamera(camera);
  const sphere = new Sphere();
  const still = async () => {
    for (let calm = 0, round = 0; calm < 20; round += 1) {
      if (round > 3000) throw new Error(`no end of loading: ${JSON.stringify(told)}`);
      tiles.group.updateMatrixWorld(true);
      camera.updateMatrixWorld();
      tiles.setResolutionFromRenderer(camera, renderer);
      tiles.update();
      renderer.render(scene, camera);
      const { downloading = 0, parsing = 0, queued = 0 } = tiles.stats;
      const isCalm = tiles.rootTileset && downloading + parsing + queued === 0;
      calm = isCalm || told.failed.length ? calm + 1 : 0;
      await new Promise((done) => requestAnimationFrame(done));
    }
  };
  const place = (nearness, [x, y, z]) => {
    tiles.group.updateMatrixWorld(true);
    tiles.getBoundingSphere(sphere);
    sphere.applyMatrix4(tiles.group.matrixWorld);
    const away = sphere.radius / Math.sin((12 * Math.PI) / 180);
    camera.position.copy(sphere.center).addScaledVector(new Vector3(x, y, z).normalize(), away / nearness);
    camera.near = away / nearness / 1000;
    camera.far = away * 4;
    camera.updateProjectionMatrix();
    camera.lookAt(sphere.center);
  };
  camera.position.set(0, 0, 10);
  while (!tiles.rootTileset && !told.failed.length) {
    tiles.update();
    await new Promise((done) => setTimeout(done, 10));
  }
  window.look = async (nearness = 1, from = [0.3, 0.25, 1]) => {
    place(nearness, from);
    await still();
    const visible = [...tiles.visibleTiles].map((tile) => tile.content.uri.split("/").pop());
    const box = new Box3().setFromObject(tiles.group), { triangles, points } = renderer.info.render;
    return { ...told, visible, triangles, points, box: [box.min.toArray(), box.max.toArray()] };
  };
  // How many pixels of the disc that a ball fills show what is behind it.
  window.holes = (share = 0.94) => {
    renderer.render(scene, camera);
    const gl = renderer.getContext(), pixels = new Uint8Array(SIDE * SIDE * 4);
    gl.readPixels(0, 0, SIDE, SIDE, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    let holes = 0, inside = 0;
    for (let y = 0; y < SIDE; y += 1)
      for (let x = 0; x < SIDE; x += 1)
        if (Math.hypot(x + 0.5 - SIDE / 2, y + 0.5 - SIDE / 2) < (SIDE / 2) * share) {
          inside += 1;
          holes += pixels[(y * SIDE + x) * 4] < 128;
        }
    return { holes, inside };
  };
};
