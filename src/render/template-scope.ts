/** Which data a name in a template sees: the rules by which blocks and partials open and close scopes. */
import type { TemplateValue } from './template-input.ts';

/** `undefined`: not known before rendering, such as the elements of an empty list; everything under it passes. */
export type Lookup = TemplateValue | undefined;

export interface Scope {
  readonly value: Lookup;
  /** Block parameters, `{{#each list as |item|}}`, and those of the blocks around. */
  readonly names: Readonly<Record<string, Lookup>>;
  readonly parent: Scope | null;
  readonly root: Lookup;
}

export type Found =
  | { readonly kind: 'found'; readonly value: Lookup }
  | { readonly kind: 'unknown'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'above'; readonly what: string };

const dataNames = ['root', 'index', 'key', 'first', 'last'];

/** Follows a path such as `base.name`, `../flavor`, `@index` or `this` through the scopes. */
export function descend(path: hbs.AST.PathExpression, scope: Scope): Found {
  const parts = path.parts;
  const [first] = parts;
  if (path.data) return descendData(parts, scope);
  let at = scope;
  for (let depth = path.depth; depth > 0; depth -= 1) {
    if (at.parent === null) return { kind: 'above', what: 'outermost values' };
    at = at.parent;
  }
  if (path.depth === 0 && first !== undefined && Object.hasOwn(scope.names, first)) {
    return follow(scope.names[first], parts.slice(1));
  }
  const found = follow(at.value, parts);
  if (path.depth > 0 || found.kind !== 'unknown' || parts.length !== 1) return found;
  return { ...found, known: [...Object.keys(scope.names), ...found.known] };
}

/** The scopes a block's body is rendered under: one, or one an element for `each`. */
export function innerScopes(block: string, value: Lookup, params: readonly string[], outer: Scope): readonly Scope[] {
  if (block === 'if' || block === 'unless') return [outer];
  const open = (inner: Lookup, key: Lookup): Scope => ({
    value: inner,
    names: { ...outer.names, ...named(params, [inner, key]) },
    parent: outer,
    root: outer.root,
  });
  if (block === 'with') return [open(value, undefined)];
  if (value === undefined || typeof value !== 'object') return [open(undefined, undefined)];
  const entries = Object.entries(value);
  return entries.length === 0 ? [open(undefined, undefined)] : entries.map(([key, inner]) => open(inner, key));
}

/** A partial sees the data it is given and its `name=value` pairs; neither block parameters nor what is above. */
export function partialScope(value: Lookup, hash: Readonly<Record<string, Lookup>>, outer: Scope): Scope {
  return { value, names: hash, parent: null, root: outer.root };
}

function named(params: readonly string[], values: readonly Lookup[]): Record<string, Lookup> {
  return Object.fromEntries(params.map((param, index) => [param, values[index]]));
}

function descendData(parts: readonly string[], scope: Scope): Found {
  const [first = '', ...rest] = parts;
  if (first === 'root') return follow(scope.root, rest);
  if (dataNames.includes(first) && rest.length === 0) return { kind: 'found', value: undefined };
  return { kind: 'unknown', name: `@${first}`, known: dataNames.map((name) => `@${name}`) };
}

function follow(from: Lookup, parts: readonly string[]): Found {
  let value = from;
  for (const part of parts) {
    if (value === undefined) return { kind: 'found', value };
    const fields: ReadonlyMap<string, TemplateValue> = new Map(typeof value === 'object' ? Object.entries(value) : []);
    if (!fields.has(part)) return { kind: 'unknown', name: part, known: [...fields.keys()] };
    value = fields.get(part);
  }
  return { kind: 'found', value };
}
