import type { Problem } from "../../core";
import { CONTRACT_DIRECTORY } from "../declaration/contract-files";

/** Directories of a pod that are somebody's already, with whose they are. */
const TAKEN: readonly (readonly [directory: string, owner: string])[] = [
  ["/vault", "the agent, which writes the credentials file there"],
  ["/home/vault", "the agent"],
  [CONTRACT_DIRECTORY, "the contract"],
  ["/etc/leasehold-static", "the static credentials of a migration"],
  ["/tmp", "what is written for a while"],
  ["/var/run/secrets", "the kubelet"],
  ["/run/secrets", "the kubelet"],
  ["/proc", "the kernel"],
  ["/sys", "the kernel"],
  ["/dev", "the kernel"],
];

/** What is wrong with the directory of an application at which something is mounted. */
export function mountPathProblems(property: string, path: string): Problem[] {
  const fix = 'choose a directory of the application\'s own, such as "/var/lib/orders"';
  const segments = path.split("/").slice(1);
  const isPlain =
    /^(\/[\w.@+-]+)+$/.test(path) && !segments.some((segment) => segment === "." || segment === "..");
  if (!isPlain || path.length > 255) {
    const must =
      "be the absolute path of a directory, in letters, digits, '.', '_', '-', '@' and '+', without a slash at its end";
    return [{ property, must, got: path, fix }];
  }
  const taken = TAKEN.find(([directory]) => holds(directory, path) || holds(path, directory));
  if (taken === undefined) return [];
  const [directory, owner] = taken;
  return [{ property, must: `leave ${directory} to ${owner}`, got: path, fix }];
}

/** One directory over another would hide it, or be hidden by it. */
export function nestedPathProblems(property: string, paths: readonly string[]): Problem[] {
  return paths.flatMap((path, index) =>
    paths
      .slice(0, index)
      .filter((other) => holds(path, other) || holds(other, path))
      .map((other) => ({
        property,
        must: `mount nothing at, over or below another one, such as ${other}`,
        got: path,
        fix: "give each a directory beside the others",
      })),
  );
}

function holds(directory: string, path: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
