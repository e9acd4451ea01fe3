import {
  durationProblems,
  integerProblems,
  reasonProblems,
  seconds,
  within,
  type Duration,
  type Problem,
} from "../../core";
import type { FileProbe, Probe, Probes, ProbeTiming } from "../declaration/probes";

/** What is wrong with the questions that a container is asked. */
export function probesProblems({ startup, readiness, liveness }: Probes): Problem[] {
  return [
    ...(startup ? within("startup", [...handlerProblems(startup), ...startupProblems(startup)]) : []),
    ...Object.entries({ readiness, liveness }).flatMap(([property, probe]) =>
      probe === undefined ? [] : within(property, [...handlerProblems(probe), ...continuousProblems(probe)]),
    ),
  ];
}

/** A container has one question at its start, which holds it back until the file is there where `readiness` asks something else. */
export function startupWithFileProblems({ startup, readiness, fileProbe }: Asked): Problem[] {
  if (startup === undefined || readiness === undefined || fileProbe?.kind === "none") return [];
  return [
    {
      property: "startup",
      must: "stand without 'readiness', or with fileProbe: { kind: \"none\", reason }: of the two questions one asks for the credentials file",
      got: startup,
      fix: "leave 'readiness' out, or let 'liveness' begin later by its 'initialDelay'",
    },
  ];
}

interface Asked extends Probes {
  readonly fileProbe?: FileProbe;
}

function continuousProblems(probe: Probe): Problem[] {
  return [
    ...timingProblems(probe),
    ...(probe.failures === undefined ? [] : integerProblems("failures", probe.failures, 1, 10)),
  ];
}

/** A rollout counts as failed after ten minutes, and a minute passes before a busy node has started anything. */
function startupProblems(probe: Probe): Problem[] {
  const { period = "10s", failures = 30 } = probe;
  const wrong = [...timingProblems(probe), ...integerProblems("failures", failures, 1, 600)];
  const patience = wrong.length > 0 ? 60 : seconds(period) * failures;
  if (patience >= 60 && patience <= 600) return wrong;
  return [
    {
      property: "failures",
      must: "give the application from one minute to ten, together with 'period'",
      got: failures,
      fix: `choose one from ${Math.ceil(60 / seconds(period))} to ${Math.floor(600 / seconds(period))}`,
    },
  ];
}

function timingProblems({ period, timeout, initialDelay }: ProbeTiming): Problem[] {
  return [
    ...atMost("period", period, "1m"),
    ...atMost("timeout", timeout, "30s"),
    ...atMost("initialDelay", initialDelay, "10m"),
  ];
}

function atMost(property: string, duration: Duration | undefined, most: Duration): Problem[] {
  if (duration === undefined) return [];
  const wrong = durationProblems(property, duration);
  if (wrong.length > 0 || seconds(duration) <= seconds(most)) return wrong;
  return [{ property, must: `be at most "${most}"`, got: duration, fix: "shorten it" }];
}

/** What is wrong with the question itself. */
function handlerProblems(probe: Probe): Problem[] {
  if (probe.kind === "exec") {
    if (probe.command.length > 0) return [];
    const fix = 'write it like ["/app/healthy"]';
    return [{ property: "command", must: "name a program", got: probe.command, fix }];
  }
  const port = integerProblems("port", probe.port, 1, 65_535);
  return probe.kind === "tcp" ? port : [...httpPathProblems("path", probe.path), ...port];
}

function httpPathProblems(property: string, path: string): Problem[] {
  if (/^\/[^\s]*$/.test(path)) return [];
  return [
    { property, must: "be the path of a URL, from its slash on", got: path, fix: 'write it like "/healthz"' },
  ];
}

/** Whoever does without the check says why. */
export function fileProbeProblems(property: string, fileProbe: FileProbe): Problem[] {
  return fileProbe.kind === "none" ? reasonProblems(`${property}.reason`, fileProbe.reason) : [];
}
