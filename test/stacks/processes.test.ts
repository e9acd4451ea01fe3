import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { filesBelow } from "../../lib/synth/output";
import { start, type Ended } from "../support/processes";
import { Project, PROGRAM } from "../support/project";

let project: Project;
let other: Project;
let work: string;
let outdir: string;

/** Two projects that write to one folder, each one environment, of different names. */
beforeAll(() => {
  [project, other] = [new Project(), new Project()];
  for (const each of [project, other]) {
    const index = each.path("stacks", "index.ts");
    const text = fs.readFileSync(index, "utf8");
    expect(text).toContain("[local, staging, production]");
    fs.writeFileSync(index, text.replace("[local, staging, production]", "[local]"));
  }
  const literal = other.path("stacks", "local.ts");
  fs.writeFileSync(literal, fs.readFileSync(literal, "utf8").replace('name: "local"', 'name: "laptop"'));
  // The types are checked once.
  for (const each of [project, other]) expect(each.run(["bootstrap-sql", "nowhere", "shop"]).status).toBe(2);
}, 240_000);
afterAll(() => [project, other].forEach((each) => each.remove()));

beforeEach(() => {
  work = fs.mkdtempSync(project.path("work-"));
  outdir = path.join(work, "cdktf.out");
});

const synth = (of = project, variables = {}) =>
  start(PROGRAM, ["synth"], of.directory, { CDKTF_OUTDIR: outdir, ...variables });

/** Whole: the manifest, the mark and the disk say the same, and nothing lies beside. */
function expectWhole(): void {
  const { stacks } = JSON.parse(fs.readFileSync(path.join(outdir, "manifest.json"), "utf8")) as {
    stacks: object;
  };
  const { files } = JSON.parse(fs.readFileSync(path.join(outdir, ".leasehold.json"), "utf8")) as {
    files: string[];
  };
  const found = filesBelow(outdir)
    .filter((file) => file !== ".leasehold.json")
    .sort();
  expect(found).toEqual(files);
  expect(found.filter((file) => file.startsWith("stacks/"))).toEqual(
    Object.keys(stacks)
      .map((stack) => `stacks/${stack}/cdk.tf.json`)
      .sort(),
  );
  const stages = JSON.parse(fs.readFileSync(path.join(outdir, "migration-stages.json"), "utf8")) as object;
  expect(Object.keys(stages).every((environment) => environment in stacks)).toBe(true);
}

const beside = () => fs.readdirSync(work).filter((name) => name !== "cdktf.out");

test("synths at once in one folder leave the whole output of one of them", async () => {
  for (let round = 0; round < 5; round += 1) {
    const all = await Promise.all([project, other, project].map((each) => synth(each).ended));
    expect(all.map(({ status, stderr }) => [status, stderr])).toEqual(all.map(() => [0, ""]));
    expectWhole();
    expect(beside()).toEqual([]);
  }
}, 300_000);

test("a lock of a process that has ended is taken away by one of those that wait", async () => {
  await synth().ended;
  for (const owner of ["999999999-1-", `${process.pid}-1-`]) {
    fs.symlinkSync(`${owner}${hostname()}`, `${outdir}.lock`);
    const all = await Promise.all([synth(other).ended, synth().ended]);
    expect(all.map(({ status }) => status)).toEqual([0, 0]);
    expectWhole();
    expect(beside()).toEqual([]);
  }
}, 120_000);

const hostname = () =>
  spawnSync("hostname")
    .stdout.toString()
    .trim()
    .replaceAll(/[^\w.]/g, "_");

test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const)(
  "%s at any moment leaves no half of an output, and nothing beside it once the next has run",
  async (signal) => {
    const began = Date.now();
    await synth().ended;
    const duration = Date.now() - began;
    for (let round = 0; round < 6; round += 1) {
      const running = synth(other);
      setTimeout(() => running.process.kill(signal), 100 + (duration * (round % 5)) / 4);
      const { signal: by, status, stderr }: Ended = await running.ended;
      expect([by ?? status, stderr]).toEqual([by === null ? 0 : signal, ""]);
      if (signal !== "SIGKILL") {
        expectWhole();
        // Before a handler is there, and after it is gone, nothing lies beside.
        expect(beside()).toEqual([]);
      } else if (fs.existsSync(path.join(outdir, "manifest.json"))) expectWhole();
      if (round % 3 === 2) {
        expect((await synth().ended).status).toBe(0);
        expectWhole();
        expect(beside()).toEqual([]);
      }
    }
  },
  300_000,
);

test.each([".", ""])(
  "CDKTF_OUTDIR=%j in a project with files of those names is refused, and no byte is changed",
  async (given) => {
    const foreign = {
      "report/a.md": "a",
      "manifests/b.yaml": "b",
      "bootstrap/c.sql": "c",
      "manifest.json": "{}",
    };
    for (const [file, text] of Object.entries(foreign)) {
      fs.mkdirSync(path.join(work, path.dirname(file)), { recursive: true });
      fs.writeFileSync(path.join(work, file), text);
    }
    const { ended } = start(project.path(PROGRAM), ["synth"], work, { CDKTF_OUTDIR: given });
    const { status, stderr } = await ended;
    expect(stderr).toMatch(/^error: the output folder [^\n]*CDKTF_OUTDIR[^\n]*\n$/);
    expect(status).toBe(2);
    const found = Object.fromEntries(
      filesBelow(work).map((file) => [file, fs.readFileSync(path.join(work, file), "utf8")]),
    );
    expect(found).toEqual(foreign);
  },
);

test("a reader that goes away ends a command quietly; a full one is told in a line", async () => {
  await synth().ended;
  const report = (format: string) =>
    start(PROGRAM, ["report", "--from", outdir, "--format", format], project.directory);
  const running = report("json");
  running.process.stdout?.destroy();
  expect(await running.ended).toMatchObject({ status: 0, stderr: "" });
  const full = spawnSync(
    "sh",
    ["-c", `"$0" ${PROGRAM} report --from "$1" > /dev/full`, process.execPath, outdir],
    { cwd: project.directory, encoding: "utf8" },
  );
  expect(full.stderr).toMatch(/^error: no space is left on the device[^\n]*\n$/);
  expect(full.status).toBe(2);
});

/** A file system of its own, which only root, or root of a user namespace, may mount. */
const MOUNT = ["--mount", "--map-root-user", "sh", "-c"];
const canMount = spawnSync("unshare", [...MOUNT, "mount -t tmpfs tmpfs /mnt"]).status === 0;
const whereMountable = canMount ? test : test.skip;
const reason = canMount ? "" : " (not here: this user may mount no file system)";

whereMountable(`a full disk is told in a line, and the output of before is gone or whole${reason}`, () => {
  fs.mkdirSync(outdir);
  for (const size of [16, 64, 192]) {
    const script = `mount -t tmpfs -o size=${size}k tmpfs "$0" && CDKTF_OUTDIR="$0/cdktf.out" "$1" ${PROGRAM} synth; echo "status $?"; find "$0" -type f -size +0`;
    const { stdout, stderr } = spawnSync("unshare", [...MOUNT, script, work, process.execPath], {
      cwd: project.directory,
      encoding: "utf8",
    });
    expect(stderr).toMatch(/^error: [^\n]*no space is left on the device[^\n]*\n$/);
    expect(stdout).toBe("status 2\n");
  }
});
