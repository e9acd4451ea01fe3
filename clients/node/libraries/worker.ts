import type { Ask } from "./asks";

const WORKERS = 8;

/** The program of a library: what the page shows, and workers that ask until the standard input ends. */
export function program(shown: string, { user, done, before = "" }: Ask): string {
  return `${shown}
${before}
const seen = { asked: 0, failed: [], users: new Set() };
let over = false;
const ended = new Promise((resolve) => process.stdin.on("end", resolve).resume());
void ended.then(() => (over = true));
const work = async () => {
  while (!over) {
    try {
      seen.users.add(${user});
      seen.asked += 1;
      if (seen.asked === Number(process.env.QUERIES)) process.stderr.write("enough");
    } catch (error) {
      seen.failed.push(String(error.stack ?? error));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};
process.stderr.write("ready");
await Promise.all(Array.from({ length: ${WORKERS} }, work));
${done === undefined ? "" : `for (let tries = 0; tries < 200 && ${done} < seen.asked; tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));`}
process.stdout.write(JSON.stringify({ ...seen, users: [...seen.users]${done === undefined ? "" : `, done: ${done}`} }), () => process.exit(0));
`;
}
