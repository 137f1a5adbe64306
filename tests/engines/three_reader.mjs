// What three.js makes of an FBX: node three_reader.mjs THREE_FOLDER FILE TIMES.json OUT
// OUT.json: names, joints (T, J, 3), takes; OUT.skin: float32 (T, V, 3). Numbers are the file's own
// times what UnitScaleFactor says, in centimetres: three.js does not scale by it.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, file, timesFile, out] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${folder}/${path}`));
const THREE = await load("build/three.module.js");
const { FBXLoader } = await load("examples/jsm/loaders/FBXLoader.js");

const data = readFileSync(file);
const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
const scene = new FBXLoader().parse(bytes, "");
const times = JSON.parse(readFileSync(timesFile));

const bones = [];
const meshes = [];
scene.traverse((node) => {
  if (node.isBone) bones.push(node);
  if (node.isSkinnedMesh) meshes.push(node);
});
const takes = Object.fromEntries(scene.animations.map((clip) => [clip.name, [0, clip.duration]]));
const mixer = new THREE.AnimationMixer(scene);
const action = mixer.clipAction(scene.animations[0]);
action.setLoop(THREE.LoopOnce);
action.clampWhenFinished = true;
action.play();
const vertices = meshes.reduce((sum, mesh) => sum + mesh.geometry.attributes.position.count, 0);
const skin = new Float32Array(times.length * vertices * 3);
const joints = [];
const point = new THREE.Vector3();
let at = 0;
for (const time of times) {
  action.time = Math.min(time, action.getClip().duration);
  mixer.update(0);
  scene.updateMatrixWorld(true);
  joints.push(bones.map((bone) => bone.getWorldPosition(point).toArray()));
  for (const mesh of meshes) {
    mesh.skeleton.update();
    for (let index = 0; index < mesh.geometry.attributes.position.count; index++) {
      mesh.getVertexPosition(index, point).applyMatrix4(mesh.matrixWorld).toArray(skin, at);
      at += 3;
    }
  }
}
const names = bones.map((bone) => bone.name);
const unit = scene.userData.unitScaleFactor ?? 1;
writeFileSync(`${out}.json`, JSON.stringify({ names, joints, takes, unit }));
writeFileSync(`${out}.skin`, skin);
