/**
 * `npm run prepare`, which npm runs before it packs the folder or installs it as a dependency of another one. In the
 * repository the compiler and the types are those of the root; where that was not installed, they are installed here.
 */
const { execSync } = require("node:child_process");

function isThere(name) {
  try {
    return Boolean(require.resolve(`${name}/package.json`));
  } catch {
    return false;
  }
}

const run = (command) => execSync(command, { cwd: __dirname, stdio: "inherit" });
const needed = Object.keys(require("./package.json").devDependencies);
if (!needed.every(isThere)) run("npm install --ignore-scripts --no-package-lock --install-links=false");
run("npm run --silent build");
