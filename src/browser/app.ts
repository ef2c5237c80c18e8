/** The page: its head with the search, and its parts one under the other. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { hrefOf, noFilter, readAddress, writeAddress, type Address } from './address.ts';
import { isFiltered, keepRows, wantedBy, type Wanted } from './filter.ts';
import { html, type Drawn } from './html.ts';
import type { PageData, Part } from './page-data.ts';
import { PageContext, type PageState } from './page-context.ts';
import { Facts, Notes } from './parts/facts.ts';
import { Grid } from './parts/grid.ts';
import { Hero } from './parts/hero.ts';
import { Lanes } from './parts/lanes.ts';
import { List } from './parts/list.ts';
import { Steps } from './parts/steps.ts';

interface AppProps {
  readonly data: PageData;
  /** Drawn whole, for a printer. */
  readonly isWhole: boolean;
}

const open = new Set<string>();
const themes = ['auto', 'light', 'dark'] as const;

export function App({ data, isWhole }: AppProps): VNode {
  const [address, setAddress] = useAddress(data);
  const [theme, setTheme] = useState<(typeof themes)[number]>('auto');
  const wanted = wantedBy(address);
  const toggleKind = (kind: string): void => {
    const { kinds } = address;
    setAddress({
      ...address,
      kinds: kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind],
    });
  };
  const state: PageState = { wanted, target: address.target, isWhole, open, releases: data.releases, toggleKind };
  const nextTheme = (): void => {
    const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
    document.documentElement.dataset['theme'] = next;
    setTheme(next);
  };
  return html`<${PageContext.Provider} value=${state}>
    <a class="skip" href=${hrefOf(data.nav[0]?.id ?? '')}>Skip to the first part</a>
    <header class="top">
      <div class="brand"><span aria-hidden="true" class="mark"></span>tagwright ${data.command}</div>
      <nav aria-label="Parts of this page">
        ${data.nav.map(({ id, text }) => html`<a href=${hrefOf(id)}>${text}</a>`)}
      </nav>
      <${Search} address=${address} setAddress=${setAddress} found=${foundWords(data, wanted)} />
      <button type="button" id="theme" class="ghost" onClick=${nextTheme}>
        <span class="wide">Theme: </span>${theme}
      </button>
    </header>
    <main class=${data.command.split(' ')[0]}>${data.parts.map(drawn)}</main>
    <footer><p class="dim">Made by tagwright. This page is one file and makes no requests.</p></footer>
  <//>`;
}

interface SearchProps {
  readonly address: Address;
  readonly setAddress: (next: Address) => void;
  readonly found: string;
}

function Search({ address, setAddress, found }: SearchProps): VNode {
  const type = (event: Event): void => {
    if (event.currentTarget instanceof HTMLInputElement) setAddress({ ...address, q: event.currentTarget.value });
  };
  const leave = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setAddress({ ...address, q: '' });
  };
  const all = (): void => setAddress({ ...address, ...noFilter });
  return html`<div class="search" role="search">
    <label class="sr" for="q">Search tags and releases</label>
    <input
      id="q"
      type="search"
      placeholder="Search  /"
      autocomplete="off"
      spellcheck=${false}
      value=${address.q}
      onInput=${type}
      onKeyDown=${leave}
    />
    <span id="found" class="dim" role="status">${found}</span>
    ${found !== '' && html`<button type="button" class="ghost" onClick=${all}>Show all</button>`}
  </div>`;
}

/** `3 of 4,294`: rows of lists that the filter leaves; empty without a filter. */
function foundWords({ parts }: PageData, wanted: Wanted): string {
  if (!isFiltered(wanted)) return '';
  const rows = parts.flatMap((part) => (part.kind === 'list' ? part.groups.flatMap((group) => group.rows) : []));
  return `${keepRows(rows, wanted).length} of ${rows.length} rows`;
}

/** What draws a part of each kind. */
const drawers = { hero: Hero, steps: Steps, list: List, grid: Grid, lanes: Lanes, facts: Facts, notes: Notes };

function drawn(part: Part): Drawn {
  return html`<${drawers[part.kind]} key=${part.id} part=${part} />`;
}

/** The address and what is shown are one: a filter is written there, and what is written there is shown. */
function useAddress(data: PageData): [Address, (next: Address) => void] {
  const [address, setState] = useState<Address>({ target: '', ...noFilter });
  useEffect(() => {
    const read = (): void => {
      const next = readAddress(location.hash);
      // A link to a row wins over a filter that hides it.
      const isHidden = isHiddenBy(data, next);
      setState(isHidden ? { ...next, ...noFilter } : next);
      if (next.target !== '') requestAnimationFrame(() => requestAnimationFrame(() => reveal(next.target)));
    };
    addEventListener('hashchange', read);
    read();
    return () => removeEventListener('hashchange', read);
  }, []);
  const write = (next: Address): void => {
    setState(next);
    // An empty address would be the page itself once more.
    history.replaceState(null, '', writeAddress(next) || '#');
  };
  return [address, write];
}

function isHiddenBy({ parts }: PageData, { target, q, kinds }: Address): boolean {
  const wanted = wantedBy({ q, kinds });
  if (target === '' || !isFiltered(wanted)) return false;
  const lists = parts.flatMap((part) => (part.kind === 'list' ? [part] : []));
  const rows = lists.flatMap(({ prefix, groups }) =>
    groups.flatMap((group) => group.rows.filter(({ tag }) => prefix !== '' && `${prefix}${tag}` === target)),
  );
  return rows.length > 0 && keepRows(rows, wanted).length === 0;
}

/** Opens a row, or goes to a part, and puts the focus there. */
function reveal(id: string): void {
  const target = document.getElementById(id);
  if (target === null) return;
  for (let node: Element | null = target; node !== null; node = node.parentElement) {
    if (node instanceof HTMLDetailsElement) node.open = true;
  }
  const isRow = target instanceof HTMLDetailsElement;
  target.scrollIntoView({ block: isRow ? 'center' : 'start' });
  const focus = isRow ? target.querySelector('summary') : (target.querySelector('h1, h2') ?? target);
  if (focus instanceof HTMLElement) focus.focus({ preventScroll: true });
}
