/**
 * What a page shows, as plain data that goes through JSON: made by `report/page`, drawn by this room, first in Node and then
 * again in the browser. Texts are ready to be shown; nothing is decided here.
 */

export interface PageData {
  readonly title: string;
  /** Of tagwright: `audit`, `plan`, `explain`. */
  readonly command: string;
  readonly nav: readonly NavLink[];
  readonly parts: readonly Part[];
  /** Web pages of releases, by version; only those that are known. */
  readonly releases: Readonly<Record<string, string>>;
}

export interface NavLink {
  /** Of a part, or of a row. */
  readonly id: string;
  readonly text: string;
}

export type Tone = '' | 'good' | 'info' | 'warn' | 'bad' | 'muted';

export type Part = HeroPart | StepsPart | ListPart | GridPart | LanesPart | FactsPart | NotesPart;

/** What a page is about, and the one sentence that matters. */
export interface HeroPart {
  readonly kind: 'hero';
  /** Of its heading. */
  readonly id: string;
  readonly about: string;
  /** Where that is on the web; empty if nobody knows. */
  readonly href: string;
  readonly tone: Tone;
  readonly title: string;
  readonly lines: readonly Phrase[];
  readonly chips: readonly Chip[];
}

/** A text with code and strong words in it, piece by piece. */
export type Phrase = readonly (string | { readonly code: string } | { readonly strong: string })[];

/** How many there are of something; with a `kind` it is a button that shows only those. */
export interface Chip {
  readonly name: string;
  readonly count: string;
  readonly note: string;
  readonly tone: Tone;
  readonly kind: string;
}

/** Commands in the order in which they are run. */
export interface StepsPart {
  readonly kind: 'steps';
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
  /** Of those that are not listed. */
  readonly more: string;
}

export interface Step {
  /** Empty if one of the choices is taken instead. */
  readonly command: string;
  readonly note: string;
  readonly choices: readonly { readonly command: string; readonly after: string; readonly because: string }[];
}

/** Tags one under the other, in groups; each opens to say why. */
export interface ListPart {
  readonly kind: 'list';
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  /** What is said if there is no group. */
  readonly empty: string;
  readonly groups: readonly RowGroup[];
  /** Where a tag is on the web: its name stands between the two. */
  readonly link: LinkForm | null;
  /** Before a tag, the id of its row: `docker.io/acme/app:`. Empty if rows have no ids. */
  readonly prefix: string;
}

/** An address with a name in it: `before`, the name with its hard characters escaped, `after`. */
export interface LinkForm {
  /** Of the site: `Docker Hub`. */
  readonly site: string;
  readonly before: string;
  /** `null`: the site has no page of a single name, and `before` is the whole address. */
  readonly after: string | null;
}

export interface RowGroup {
  readonly id: string;
  readonly name: string;
  readonly tone: Tone;
  /** `12` */
  readonly count: string;
  readonly note: string;
  /** Closed at first. */
  readonly folded: boolean;
  readonly rows: readonly Row[];
  readonly more: string;
}

/** Keys are left out where they say nothing: a page has thousands of rows. */
export interface Row {
  readonly tag: string;
  /** What it is filtered by, and its badge. */
  readonly kind?: string;
  /** Of the badge; `bad` if it is left out. */
  readonly tone?: Tone;
  readonly from?: string;
  readonly to?: string;
  /** One word at the end of the line: `excused`, `frozen`. */
  readonly mark?: string;
  /** On the line itself, at its end. */
  readonly say?: string;
  readonly because?: string;
  readonly facts?: readonly Fact[];
  /** A command. */
  readonly fix?: string;
  /** Whose page the row links to; `to` if it is left out. */
  readonly version?: string;
  /** Further words that a search finds it by. */
  readonly find?: string;
  /** It names something else than a tag, of which no site has a page. */
  readonly noTag?: true;
  /** A page of its own. */
  readonly page?: { readonly text: string; readonly href: string };
}

/** A name, a text, and code behind it. A command has a button that copies it. */
export interface Fact {
  readonly name: string;
  readonly text?: string;
  readonly code?: string;
  readonly copy?: true;
}

/** A table: rows down, columns across, columns in groups perhaps. */
export interface GridPart {
  readonly kind: 'grid';
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly legend: 'map' | 'none';
  readonly caption: string;
  readonly corner: string;
  /** Empty if columns have no groups. */
  readonly groups: readonly { readonly name: string; readonly span: number }[];
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
  /** Before a tag, the id of its row in a list. */
  readonly prefix: string;
}

export interface GridColumn {
  readonly name: string;
  /** A line stands before it. */
  readonly first: boolean;
}

export interface GridRow {
  readonly head: string;
  /** Behind the head, and dimmer. */
  readonly sub?: string;
  readonly remark?: string;
  /** A line stands above it. */
  readonly first?: true;
  readonly find?: string;
  readonly cells: readonly Cell[];
}

/** Nothing; an image that is right and has no tag; or more. */
export type Cell = 0 | 1 | MapCell | ChangeCell;

export interface MapCell {
  /** What is wrong with its pinned tags; left out if nothing is. */
  readonly state?: string;
  /** The tag whose row says more. */
  readonly tag?: string;
  readonly pills: readonly Pill[];
}

export interface Pill {
  readonly label: string;
  /** Left out if the tag is where it should be. */
  readonly place?: 'strayed' | 'awaited';
  /** It is on its way, and has a row that says more. */
  readonly tag?: string;
  /** Whose row that is; left out if it is its own. */
  readonly row?: string;
}

/** Before and after, of several tags. */
export interface ChangeCell {
  /** Left out if there is only an after. */
  readonly from?: string;
  readonly to: string;
  readonly note?: string;
  readonly tags?: readonly string[];
}

/** Who owned tags over time: strokes on one scale from the first moment to the last. */
export interface LanesPart {
  readonly kind: 'lanes';
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  /** Places from 0 to 100. */
  readonly years: readonly { readonly year: number; readonly left: number }[];
  readonly versions: readonly string[];
  /** Days, and their places from 0 to 1000. */
  readonly moments: readonly (readonly [day: string, place: number])[];
  readonly rules: readonly LaneRule[];
  /** Before a tag, the id of its row in a list. */
  readonly prefix: string;
}

export interface LaneRule {
  readonly rule: string;
  readonly count: string;
  readonly wrong: string;
  readonly open: boolean;
  readonly lanes: readonly Lane[];
}

export interface Lane {
  readonly tag: string;
  /** Places in `versions`, -1 for nobody, and in `moments`; earliest first. */
  readonly takes: readonly (readonly [version: number, moment: number])[];
  readonly owner: string;
  readonly say: string;
  /** Where the line ends, of one that no longer moves. */
  readonly end?: number;
  readonly wrong?: true;
  /** Where it was left behind. */
  readonly late?: number;
  /** A row says more. */
  readonly row?: true;
}

export interface FactsPart {
  readonly kind: 'facts';
  readonly id: string;
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly links: readonly { readonly text: string; readonly href: string }[];
}

export interface NotesPart {
  readonly kind: 'notes';
  readonly id: string;
  readonly title: string;
  readonly notes: readonly Phrase[];
}
