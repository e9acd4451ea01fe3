// Programs that a page's commands call and that would deploy, download or take minutes. They change nothing and only look
// whether what they are told to use is there: stacks, addresses, scripts. psql runs what it is given, by node-postgres.
const fs = require("node:fs");
const path = require("node:path");

const [program, ...words] = process.argv.slice(2);
const checkout = path.resolve(__dirname, "../..");

const fail = (message) => {
  console.error(`${program}: ${message}`);
  process.exit(1);
};

const must = (condition, message) => condition || fail(message);

const PROGRAMS = {
  leasehold: path.resolve("node_modules/leasehold/bin/leasehold.js"),
  "@leasehold/proof": path.join(checkout, "proof/bin/leasehold-proof.js"),
};

const programs = {
  npm() {
    if (["ci", "install", "update"].includes(words[0])) return;
    if (words[0] === "pkg") return isTheSwitch();
    const { scripts } = JSON.parse(fs.readFileSync(path.join(checkout, "package.json"), "utf8"));
    must(scripts[words[0] === "run" ? words[1] : words[0]], `there is no script for ${words.join(" ")}`);
  },

  npx() {
    const installed = PROGRAMS[words[0]];
    if (installed !== undefined) {
      process.argv.splice(1, 3, installed);
      require(installed);
      return;
    }
    const [cli, command, ...stacks] = words;
    must(cli === "cdktf" && ["deploy", "destroy", "diff"].includes(command), `unknown: ${words.join(" ")}`);
    const known = Object.keys(JSON.parse(fs.readFileSync("cdktf.out/manifest.json", "utf8")).stacks);
    for (const stack of stacks) must(known.includes(stack) || isOfTeam(stack, known), `no stack ${stack}`);
  },

  terraform() {
    const directory = words[0].replace("-chdir=", "");
    const stack = JSON.parse(fs.readFileSync(path.join(directory, "cdk.tf.json"), "utf8"));
    if (words[1] !== "import") return;
    const [type, name] = words[2].split(".");
    must(
      Object.keys(stack.resource[type] ?? {}).some((each) => each.startsWith(name)),
      `no ${words[2]} in ${directory}`,
    );
  },

  async psql() {
    const { Client } = require(require.resolve("pg", { paths: [checkout] }));
    const option = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
    const file = option("-f") ?? option("--file");
    const sql = option("-c") ?? fs.readFileSync(file ?? 0, "utf8");
    const client = new Client();
    await client.connect();
    await client.query(sql);
    await client.end();
  },
};

/** The page says what `.ci/cdktn` runs, with the version that it runs it with. */
function isTheSwitch() {
  const script = fs.readFileSync(path.join(checkout, ".ci/cdktn"), "utf8");
  const [, version] = /^CDKTN=(\S+)$/m.exec(script);
  const run = script.replaceAll("$CDKTN", version).replaceAll(/["']/g, "");
  must(run.includes(`npm ${words.join(" ")}\n`), `.ci/cdktn does not run npm ${words.join(" ")}`);
}

/** A team's stack is there once a service says so. */
function isOfTeam(stack, known) {
  return known.some((each) => stack.startsWith(`${each}-`));
}

Promise.resolve(programs[program]()).catch((error) => fail(error.message));
