/** Arguments before the first FROM, and what a FROM line comes to with them. */
import type { Stages, Worded } from './stages.ts';

type Values = ReadonlyMap<string, string | null>;

/**
 * The value of each argument before the first FROM: what the build sets, else the default. `null`: not known without a
 * build, such as the builder's platform.
 */
export function globalValues({ globals }: Stages, args: Readonly<Record<string, string>>): Values {
  const values = new Map<string, string | null>();
  for (const [name, fallback] of globals)
    values.set(name, args[name] ?? (fallback === null ? '' : expand(fallback, values)));
  return values;
}

/** @returns `null` if it holds something that is not known without a build */
export function expand({ text, variables }: Worded, values: Values): string | null {
  let expanded = text;
  for (const variable of variables) {
    const value = valueOf(variable, values);
    if (value === null) return null;
    expanded = expanded.replace(variable.text, () => value);
  }
  return expanded;
}

/** @see https://docs.docker.com/reference/dockerfile/#environment-replacement */
function valueOf({ text, name }: Worded['variables'][number], values: Values): string | null {
  const value = values.has(name) ? (values.get(name) ?? null) : builtIn(name);
  if (text === `$${name}` || text === `\${${name}}`) return value;
  const form = /^\$\{\w+:?(?<sign>[-+])(?<word>[^${}]*)\}$/.exec(text)?.groups;
  if (form === undefined || value === null) return null;
  const word = form['word'] ?? '';
  if (form['sign'] === '+') return value === '' ? '' : word;
  return value === '' ? word : value;
}

/** BuildKit sets the platforms' names; nothing else has a value of its own. */
function builtIn(name: string): string | null {
  return /^(?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT|OSVERSION)$|^TARGETSTAGE$/.test(name) ? null : '';
}

/** Arguments before the first FROM that this text depends on, those of their defaults included. */
export function namesIn({ variables }: Worded, { globals }: Stages): Set<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name) || !globals.has(name)) return;
    found.add(name);
    for (const inner of globals.get(name)?.variables ?? []) add(inner.name);
  };
  for (const { name } of variables) add(name);
  return found;
}
