/** What every part of a page may need of the page. */
import { createContext } from 'preact';
import { wantedBy, type Wanted } from './filter.ts';
import { noFilter } from './address.ts';

export interface PageState {
  readonly wanted: Wanted;
  /** The id that the address names, which is drawn wherever it is. */
  readonly target: string;
  /** For a printer: everything is drawn, and open. */
  readonly isWhole: boolean;
  /** Rows that are open, whether or not they are drawn. */
  readonly open: Set<string>;
  readonly releases: Readonly<Record<string, string>>;
  readonly toggleKind: (kind: string) => void;
}

export const PageContext = createContext<PageState>({
  wanted: wantedBy(noFilter),
  target: '',
  isWhole: false,
  open: new Set(),
  releases: {},
  toggleKind: () => undefined,
});
