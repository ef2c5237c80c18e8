/**
 * What an address says after its `#`: which part or finding is shown, and the filter. `#map?q=conda&kind=stale,missing`.
 * Ids of findings are `repository:tag`, in which there is no `?`.
 */

export interface Filter {
  /** As it was typed. */
  readonly q: string;
  /** Empty: every kind. */
  readonly kinds: readonly string[];
}

export interface Address extends Filter {
  /** The id of what is shown; empty for the top. */
  readonly target: string;
}

export const noFilter: Filter = { q: '', kinds: [] };

/** @param hash with or without `#`; whatever somebody made of it */
export function readAddress(hash: string): Address {
  const text = hash.replace(/^#/, '');
  const mark = text.indexOf('?');
  const params = new URLSearchParams(mark === -1 ? '' : text.slice(mark + 1));
  const kinds = (params.get('kind') ?? '').split(',').filter((kind) => kind !== '');
  return { target: decoded(mark === -1 ? text : text.slice(0, mark)), q: params.get('q') ?? '', kinds };
}

/** @returns empty if it says nothing */
export function writeAddress({ target, q, kinds }: Address): string {
  const params = new URLSearchParams();
  if (q !== '') params.set('q', q);
  if (kinds.length > 0) params.set('kind', kinds.join(','));
  const query = params.toString().replaceAll('%2C', ',');
  const text = `${hrefOf(target).slice(1)}${query === '' ? '' : `?${query}`}`;
  return text === '' ? '' : `#${text}`;
}

/** The link to an id in the same page. Tags and names of repositories stay readable. */
export function hrefOf(id: string): string {
  return `#${encodeURIComponent(id).replaceAll('%3A', ':').replaceAll('%2F', '/').replaceAll('%40', '@')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone `%`: somebody cut the address.
    return text;
  }
}
