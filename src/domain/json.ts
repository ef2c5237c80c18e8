/** JSON from outside, before anything is known about its shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that `text` holds; `null` where it is no JSON, or JSON of another kind. */
export function parseJsonObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Half of an object is not one: a line that a kill cut off is told from one that lost its line feed alone. */
export function isWholeJsonLine(line: string): boolean {
  return line.startsWith('{') && parseJsonObject(line) !== null;
}

/** What stands under some keys, one in the other; `undefined` where one of them is no object. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const key of path) at = isJsonObject(at) ? at[key] : undefined;
  return at;
}

/** A text there; `null` for an empty one, and for anything else. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const text = valueAt(value, ...path);
  return typeof text === 'string' && text !== '' ? text : null;
}
