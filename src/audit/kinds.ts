/** One row for each kind of finding: everything that code, reports and docs say of it. */

export interface KindRow {
  /** It can make the exit code 1; `unknown` makes it 3 by itself. */
  readonly fails: boolean;
  /** It only informs. */
  readonly quiet: boolean;
  /** How code scanning shows it; `null` if it is not shown. */
  readonly sarif: 'error' | 'warning' | null;
  /** Where the map draws a convenience tag with it: where it should point, or where it does. */
  readonly onMap: 'owner' | 'actual';
  /** It says where a tag points and where it should: not every finding is about that. */
  readonly ends: boolean;
  /** A finding of it is confirmed by a GET before it is reported. */
  readonly confirmed: boolean;
  /** One clause, for somebody who pulls the tag. */
  readonly meaning: string;
  /** For docs/audit.md: what it means in full, and what fixes it. */
  readonly details: string;
  readonly remedy: string;
}

const failing = {
  fails: true,
  quiet: false,
  sarif: 'error',
  onMap: 'actual',
  ends: true,
  confirmed: true,
} as const;
const informing = { fails: false, quiet: true, sarif: null, onMap: 'owner', ends: true, confirmed: false } as const;

/** In the order in which they win, and in which they are listed. */
export const kinds = {
  unknown: {
    ...failing,
    fails: false,
    sarif: 'warning',
    confirmed: false,
    meaning: 'the registry did not answer',
    details:
      'the registry did not answer. Only a 404 means that a tag is absent; a 401, 403, 429, 5xx, a time-out or a body that does not match its digest does not count as an answer. Exit code 3',
    remedy: 'log in, or run again',
  },
  missing: {
    ...failing,
    meaning: 'not there',
    details: 'the tag should be there and is not',
    remedy: '`tagwright publish VERSION`, or `tagwright apply` for a convenience tag',
  },
  crossed: {
    ...failing,
    meaning: "points to another Python's, flavor's or series' image",
    details: "it points to another Python's, flavor's or series' cell",
    remedy: '`tagwright apply`; for a pinned tag, the command that puts its own image back',
  },
  ahead: {
    ...failing,
    meaning: 'points to a release that may not have it',
    details: 'it points to a release that may not own it: yanked, a pre-release, excluded, or one that no source knows',
    remedy: '`tagwright apply`, or delete the tag if nobody owns it',
  },
  stale: {
    ...failing,
    meaning: 'points to an earlier release',
    details: 'it points to an earlier candidate, or its owner is not published yet',
    remedy: '`tagwright apply`, or `tagwright publish VERSION` first',
  },
  incomplete: {
    ...failing,
    onMap: 'owner',
    meaning: 'a platform or a part of the image is gone',
    details:
      "a platform is gone, or the tag points to one platform's image, an attestation, or something that is not an image",
    remedy: '`tagwright publish VERSION --replace-partial`',
  },
  mislabelled: {
    ...failing,
    onMap: 'owner',
    meaning: 'the image says it is something else',
    details:
      "labels of tagwright or the base's `PYTHON_VERSION` name another version, Python or revision than the cell's",
    remedy:
      'delete the tag, then `tagwright publish VERSION`: a choice, unless labels of tagwright or the lock prove it',
  },
  drift: {
    ...failing,
    meaning: 'the digest is not the recorded one, or nothing explains it',
    details:
      'a pinned tag points to another digest than the lock or its sha tag has; a convenience tag points to a digest that nothing explains; or two images claim to be the cell',
    remedy:
      'the command that puts the right manifest back; `tagwright apply` for a convenience tag; a choice if two images claim to be one cell',
  },
  misattested: {
    ...failing,
    onMap: 'owner',
    meaning: 'its signature or attestation does not count',
    details:
      'with `--require`: its signature or attestation is by somebody else than `signature` in the config names, or for another digest',
    remedy: 'sign the digest again: a choice, once it is clear that the image is the right one',
  },
  unattested: {
    ...failing,
    onMap: 'owner',
    meaning: 'a signature or attestation is missing',
    details: 'with `--require`: it has no provenance, SBOM or signature',
    remedy: 'sign the digest; attestations come with `build: { provenance, sbom }` and a rebuild',
  },
  behind: {
    ...failing,
    onMap: 'owner',
    meaning: "not its branch's newest build",
    details:
      "the tag of a branch points to an earlier build than the branch's newest: a commit that came later has an image that was built for the branch, under its pinned tag. Known only if the checkout has the branch",
    remedy: 'run the workflow of the branch again, or the command that puts the newest image under it',
  },
  overdue: {
    ...failing,
    sarif: 'warning',
    onMap: 'owner',
    meaning: 'older than its schedule',
    details:
      'the tag of a schedule is older than `every` in `events.schedule`, and its branch had a commit to build all that time, as a build of it for the branch shows, or else a commit dated at least 7 days ago; or, with a tag for each day, none of the last days has one. Without `every` nothing is said',
    remedy: 'run the scheduled workflow, and look why it does not run by itself',
  },
  closed: {
    ...informing,
    meaning: 'of a pull request that is closed',
    details:
      'the tag of a pull request that is closed or merged, and the pinned tag of its image if nothing else has that. The forge is asked, with a token',
    remedy: 'delete it, if nobody needs it',
  },
  unexplained: {
    ...failing,
    onMap: 'owner',
    meaning: 'no statement says who moved it there',
    details:
      'with `--evidence`: it points to a digest that its last statement does not have, or a statement found it elsewhere than the one before left it',
    remedy: 'find out who moved it: a choice, for the image may be the right one',
  },
  altered: {
    ...failing,
    ends: false,
    confirmed: false,
    meaning: 'the file of statements was changed',
    details:
      'with `--evidence`: a statement was changed, is missing, is there twice, is not where it belongs, or is from the future; with `--evidence-key` or `--evidence-identity`, a signed one is attached to an image and not in the file, or in the file and no longer attached',
    remedy: 'restore the file from another copy',
  },
  foreign: {
    ...failing,
    ends: false,
    confirmed: false,
    meaning: 'a statement is by somebody else, or of another repository',
    details:
      'with `--evidence`: a statement is of another repository, is not one of moves, or is not signed by a key of `--evidence-key` or an identity of `--evidence-identity`',
    remedy: 'take it out once you know how it came there',
  },
  orphan: {
    ...failing,
    sarif: 'warning',
    ends: false,
    confirmed: false,
    meaning: "looks like one of this image's tags but is not in the plan",
    details: "it looks like one of this image's tags but is not in the plan",
    remedy: 'add what it is to the config, or delete it',
  },
  excluded: {
    ...informing,
    meaning: 'of a release that is left out on purpose',
    details: 'the tag of a release that the config excludes',
    remedy: 'take the exclusion away, or delete it',
  },
  frozen: {
    ...informing,
    meaning: 'right, and no longer moving',
    details: 'right, and no longer moving: newer releases do not build that cell',
    remedy: 'nothing',
  },
  event: {
    ...informing,
    meaning: 'of builds that are not releases',
    details:
      'a rule of `events` may have made it, and nothing known says whether it is right: a pinned tag of a commit, or a tag of a branch, pull request or schedule that could not be looked up. Those that are known to be right count as `ok`; listed with `--unmanaged`',
    remedy: 'nothing',
  },
  unmanaged: {
    ...informing,
    meaning: 'not made by tagwright',
    details: 'no rule makes such a tag; listed with `--unmanaged`',
    remedy: 'nothing',
  },
  ok: { ...informing, meaning: 'right', details: 'right', remedy: 'nothing' },
} as const satisfies Readonly<Record<string, KindRow>>;

export type FindingKind = keyof typeof kinds;

/** Kinds that can make a command fail. `unknown` fails by itself, before any of them. */
export type FailingKind = { [K in FindingKind]: (typeof kinds)[K]['fails'] extends true ? K : never }[FindingKind];

export const findingKinds = Object.keys(kinds).filter(isKind);

export const failingKinds = findingKinds.filter((kind): kind is FailingKind => kinds[kind].fails);

function isKind(text: string): text is FindingKind {
  return text in kinds;
}

const ranks: ReadonlyMap<FindingKind, number> = new Map(findingKinds.map((kind, rank) => [kind, rank]));

/** Lower wins. */
export function rankOf(kind: FindingKind): number {
  return ranks.get(kind) ?? findingKinds.length;
}

/** True for kinds that only inform. */
export function isQuiet(kind: FindingKind): boolean {
  return kinds[kind].quiet;
}

/** How many tags there are of each kind, before any was counted. */
export const noFindings: Readonly<Record<FindingKind, number>> = {
  unknown: 0,
  missing: 0,
  crossed: 0,
  ahead: 0,
  stale: 0,
  incomplete: 0,
  mislabelled: 0,
  drift: 0,
  misattested: 0,
  unattested: 0,
  behind: 0,
  overdue: 0,
  closed: 0,
  unexplained: 0,
  altered: 0,
  foreign: 0,
  orphan: 0,
  excluded: 0,
  frozen: 0,
  event: 0,
  unmanaged: 0,
  ok: 0,
};
