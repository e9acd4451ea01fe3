import { connect } from "./credentials.mjs";

/**
 * Tries everything on every table of the database and prints what was let through, one line of JSON.
 * Each attempt is rolled back. PostgreSQL checks privileges before it looks at constraints, so that only
 * `insufficient_privilege` is a refusal.
 */
const REFUSED = "42501";
const client = await connect();
const { rows: columns } = await client.query(`
  SELECT c.relname AS table, c.relkind = 'v' AS view, array_agg(a.attname::text ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
  GROUP BY c.relname, c.relkind`);

const allowed = [];
for (const { table, view, columns: names } of columns) {
  // A view refuses everything else for what it is, before PostgreSQL looks at privileges.
  const tried = view ? reads(table, names) : [...reads(table, names), ...writes(table, names)];
  for (const [privilege, sql] of tried) {
    if (await isAllowed(sql)) allowed.push(`${privilege} ${table}`);
  }
}
for (const [privilege, sql] of [
  ["CREATE in schema", "CREATE TABLE intruder (id int)"],
  ["CREATE ROLE", "CREATE ROLE intruder"],
  ["SET ROLE postgres", "SET ROLE postgres"],
  ["READ pg_authid", "SELECT rolpassword FROM pg_authid"],
  ["READ files", "SELECT pg_read_file('/etc/passwd')"],
]) {
  if (await isAllowed(sql)) allowed.push(privilege);
}
await client.end();
console.log(JSON.stringify(allowed));

function reads(table, names) {
  return names.map((name) => [`SELECT(${name})`, `SELECT "${name}" FROM "${table}" LIMIT 0`]);
}

function writes(table, names) {
  const first = names[0];
  return [
    ...names.map((name) => [`UPDATE(${name})`, `UPDATE "${table}" SET "${name}" = DEFAULT WHERE false`]),
    ["INSERT", `INSERT INTO "${table}" ("${first}") VALUES (DEFAULT)`],
    ["DELETE", `DELETE FROM "${table}" WHERE false`],
    ["TRUNCATE", `TRUNCATE "${table}"`],
    [
      "TRIGGER",
      `CREATE TRIGGER intruder BEFORE INSERT ON "${table}" EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    ],
    ["ALTER", `ALTER TABLE "${table}" ADD COLUMN intruder int`],
    ["DROP", `DROP TABLE "${table}"`],
  ];
}

async function isAllowed(sql) {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    return true;
  } catch (error) {
    return error.code !== REFUSED;
  } finally {
    await client.query("ROLLBACK");
  }
}
