import { chartDirectory, CHART_VARIABLE } from "../nodes/chart";
import { CNI_DIRECTORIES, cniDirectory } from "../cluster/containerd";
import type { Finding } from "./doctor";

/** The plugins that give pods their network. */
export function cniFinding(): Finding {
  const found = cniDirectory();
  const detail = `ptp, host-local and portmap, none in ${CNI_DIRECTORIES.join(", ")}; get them from: package manager (containernetworking-plugins), or https://github.com/containernetworking/plugins/releases`;
  return { name: "CNI plugins", found: found !== undefined, detail: found ?? detail };
}

/** HashiCorp's chart, which nobody else's package brings. */
export function chartFinding(): Finding {
  const answer = chartDirectory();
  return "directory" in answer
    ? { name: CHART_VARIABLE, found: true, detail: answer.directory }
    : { name: CHART_VARIABLE, found: false, detail: answer.missing };
}
