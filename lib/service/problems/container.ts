import { integerProblems, type Problem } from "../../core";
import type { Resources } from "../declaration/container";
import { MEMORY, quantityProblems } from "./quantities";

/** User of the agent's image. */
const AGENT_USER = 100;

/** What is wrong with the user of a container. */
export function userProblems(property: string, uid: number): Problem[] {
  if (uid !== AGENT_USER) return integerProblems(property, uid, 1, 2_147_483_647);
  const must = `be another user than ${AGENT_USER}, which the agent's image has for itself`;
  return [{ property, must, got: uid, fix: "take the user of the application's image, such as 10001" }];
}

/** What is wrong with what a container gets. */
export function resourcesProblems(
  property: string,
  { cpu = "100m", memory = "256Mi" }: Resources,
): Problem[] {
  return [
    ...quantityProblems(`${property}.cpu`, cpu, /^([1-9]\d*m?|\d+\.\d*[1-9])$/, '"250m" or "2"'),
    ...quantityProblems(`${property}.memory`, memory, MEMORY, '"256Mi" or "1Gi"'),
  ];
}
