// A PostgreSQL of its own, in a process of its own: its memory goes when it ends, and it opens no port.
// Reads what is to be done as JSON from standard input, and writes what came of it to standard output.
const fs = require("node:fs");
const v8 = require("node:v8");

// PostgreSQL runs for some seconds: to compile it well takes longer than that saves, and 100 MB of memory.
v8.setFlagsFromString("--liftoff-only");

async function main() {
  const { facts, clear, superuser, cluster, rehearsals } = JSON.parse(fs.readFileSync(0, "utf8"));
  const { PGlite } = await import("@electric-sql/pglite");
  // Making a server takes longer than anything that is done on it.
  const saved = cluster && fs.existsSync(cluster) && new Blob([fs.readFileSync(cluster)]);
  let server = await PGlite.create(saved ? { loadDataDir: saved } : {});
  const empty = saved || (await server.dumpDataDir("gzip"));
  if (cluster && !saved) save(cluster, Buffer.from(await empty.arrayBuffer()));
  await rename();
  const look = async () => (await server.query(facts, [], { rowMode: "array" })).rows.map(([fact]) => fact);
  const atFirst = await look();

  const outcomes = [];
  for (const steps of rehearsals) {
    outcomes.push(await performed(steps));
    await server.exec("ROLLBACK");
    await become(superuser);
    await server.exec(clear).catch(() => {});
    if (differences(await look(), atFirst).length + differences(atFirst, await look()).length === 0) continue;
    await server.close();
    server = await PGlite.create({ loadDataDir: empty });
    await rename();
  }
  process.stdout.write(JSON.stringify(outcomes));
  await server.close();

  // Whoever declares the name that the superuser came with finds it free.
  async function rename() {
    await server.exec(`UPDATE pg_authid SET rolname = '${superuser}' WHERE oid = 10`);
  }

  // RESET SESSION AUTHORIZATION leaves PGlite with the user that it had.
  async function become(user) {
    await server.exec(`SET SESSION AUTHORIZATION "${user.replaceAll('"', '""')}"`);
  }

  async function performed(steps) {
    const done = [];
    let seen = [];
    for (const { kind, as, sql } of steps) {
      const outcome = { notices: [], rows: [], gone: [] };
      done.push(outcome);
      try {
        await become(as ?? superuser);
        for (const text of sql) {
          const options = { rowMode: "array", onNotice: ({ message }) => outcome.notices.push(message) };
          const results = await server.exec(text, options);
          if (kind === "ask") outcome.rows = results.at(-1).rows.map(([row]) => row);
        }
        if (kind !== "look") continue;
        const now = await look();
        [outcome.rows, outcome.gone, seen] = [differences(now, seen), differences(seen, now), now];
      } catch (error) {
        outcome.error = error instanceof Error ? error.message : String(error);
        return done;
      }
    }
    return done;
  }
}

function differences(some, others) {
  const known = new Set(others);
  return some.filter((each) => !known.has(each));
}

/** Whole or not at all: another process may be reading it. */
function save(file, content) {
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, content);
  fs.renameSync(aside, file);
}

void main();
