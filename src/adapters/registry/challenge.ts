/** How a registry wants to be authorized, read from `WWW-Authenticate`. */
export type Challenge =
  | { readonly kind: 'basic' }
  | {
      readonly kind: 'bearer';
      /** The token service. */
      readonly realm: string;
      readonly service: string | null;
      readonly scope: string | null;
      /** `invalid_token`, `insufficient_scope`, … */
      readonly error: string | null;
    };

const schemePattern = /(?:^|,)\s*(?<scheme>[A-Za-z]+)\s+(?=[A-Za-z0-9_-]+\s*=)/g;
const parameterPattern = /(?<name>[A-Za-z0-9_-]+)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s,"]+))/g;

/**
 * The challenge to answer, bearer before basic; `null` where the header names neither.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export function parseChallenge(header: string | undefined): Challenge | null {
  if (header === undefined) return null;
  const schemes = splitSchemes(header);
  const bearer = schemes.find(({ scheme }) => scheme === 'bearer')?.parameters;
  const realm = bearer?.get('realm');
  if (bearer !== undefined && realm !== undefined) {
    const { service, scope, error } = Object.fromEntries(bearer);
    return { kind: 'bearer', realm, service: service ?? null, scope: scope ?? null, error: error ?? null };
  }
  const hasBasic = schemes.some(({ scheme }) => scheme === 'basic') || /^\s*basic\s*$/i.test(header);
  return hasBasic ? { kind: 'basic' } : null;
}

function splitSchemes(header: string): readonly { scheme: string; parameters: ReadonlyMap<string, string> }[] {
  // Commas and words inside quotes are no separators: blank them out before looking for schemes.
  const outline = header.replaceAll(/"(?:[^"\\]|\\.)*"/g, (quoted) => `"${'_'.repeat(quoted.length - 2)}"`);
  const starts = [...outline.matchAll(schemePattern)];
  return starts.map((start, index) => {
    const text = header.slice(start.index + start[0].length, starts[index + 1]?.index ?? header.length);
    return { scheme: (start.groups?.['scheme'] ?? '').toLowerCase(), parameters: readParameters(text) };
  });
}

function readParameters(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const { groups } of text.matchAll(parameterPattern)) {
    const name = groups?.['name']?.toLowerCase();
    const value = groups?.['quoted']?.replaceAll(/\\(?<character>.)/g, '$<character>') ?? groups?.['bare'];
    if (name !== undefined && value !== undefined && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}
