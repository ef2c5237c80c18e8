/** A run speaks to a few origins and asks each thousands of times. Bounded, for links and redirects name others. */
const known = new Map<string, { readonly origin: string; readonly host: string }>();
const maxKnown = 1000;

/**
 * Origin and host of an http or https URL, as `new URL` gives them. Only what begins with an origin as it is written in
 * full is remembered: an authority can be written in many ways, and no two may be taken for one.
 *
 * @throws {TypeError} where it is no URL
 */
export function originOf(url: string): { readonly origin: string; readonly host: string } {
  const start = url.slice(0, url.indexOf('/', 'https://'.length));
  const found = known.get(start);
  if (found !== undefined) return found;
  const { origin, host } = new URL(url);
  if (known.size < maxKnown) known.set(origin, { origin, host });
  return { origin, host };
}
