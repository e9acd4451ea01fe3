import { NotApplicable, type Spoilt } from "../support/rules-mutations";

/** What is done to what was rendered. */
export type Spoil = (spoilt: Spoilt) => void;

export type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const VAULT = "vault.hashicorp.com/";

export function annotation(name: string, value: string | undefined): Spoil {
  return (spoilt) => {
    const annotations = spoilt.annotations();
    if (value === undefined) delete annotations[VAULT + name];
    else annotations[VAULT + name] = value;
  };
}

/** Of the first file. */
export function fileAnnotation(name: string, change: (value: string) => string): Spoil {
  return (spoilt) => {
    const annotations = spoilt.annotations();
    const key = Object.keys(annotations).find((each) => each.startsWith(`${VAULT}${name}-`));
    if (key === undefined) throw new NotApplicable(name);
    annotations[key] = change(annotations[key] as string);
  };
}

/** The operation at a path of the agent. */
export function operation(path: string, change: (operation: Json) => Json | undefined): Spoil {
  return (spoilt) =>
    spoilt.patch((operations) =>
      operations.flatMap((each) => (each.path === path ? (change(each) ?? []) : [each])),
    );
}

export function more(operation: Json): Spoil {
  return (spoilt) => spoilt.patch((operations) => [...operations, operation]);
}

export function script(from: string, to: string): Spoil {
  return operation("/args/0", (each) => {
    const value = (each.value as string).replace(from, to);
    if (value === each.value) throw new NotApplicable(from);
    return { ...each, value };
  });
}

export function probe(change: (value: Json) => Json): Spoil {
  return operation("/startupProbe", (each) => ({ ...each, value: change(each.value as Json) }));
}

export function command(to: (command: string[]) => string[]): Spoil {
  return probe((value) => ({ ...value, exec: { command: to(value.exec.command as string[]) } }));
}

export function pod(change: (spec: Json) => void): Spoil {
  return (spoilt) => change(spoilt.pod().spec as Json);
}

export function container(change: (container: Json) => void): Spoil {
  return pod((spec) => change((spec.container as Json[])[0] as Json));
}

export function metadata(type: string, changes: Json): Spoil {
  return (spoilt) => void Object.assign(spoilt.first(type).metadata as Json, changes);
}

export function dropAll(type: string): Spoil {
  return (spoilt) => spoilt.drop(type);
}
