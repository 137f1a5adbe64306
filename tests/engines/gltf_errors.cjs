// The Khronos validator's report: node gltf_errors.cjs VALIDATOR_FOLDER FILE
const [folder, file] = process.argv.slice(2);
const validator = require(folder);
validator
  .validateBytes(new Uint8Array(require("node:fs").readFileSync(file)))
  .then((report) => console.log(JSON.stringify(report.issues)))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
