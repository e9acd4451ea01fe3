import type { NodesBench } from "./bench";
import { runbookCommand } from "./runbook";

const SERVERS = 3;
const QUORUM = 3;

/** By the page, which asks for a key as many times as there are servers and keys to a quorum. */
export async function unseal(bench: NodesBench): Promise<void> {
  const quorum = bench.keys.unseal.slice(0, QUORUM);
  await bench.operator(
    runbookCommand("unseal.md", "", "for pod in"),
    Array.from({ length: SERVERS }, () => quorum)
      .flat()
      .map((text) => ({ prompt: "Unseal Key (will be hidden)", text })),
  );
}
