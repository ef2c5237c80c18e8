/** A generated state as small, plain data: fast-check makes it, shrinks it and prints it. */
import * as fc from 'fast-check';
import { projects } from './projects.ts';

/** Images that somebody puts where one of ours belongs. */
export const images = [
  'another cell',
  'rebuilt',
  'rebuilt without labels',
  'foreign',
  'foreign with labels of its own',
  'labels of its base',
  'one platform of it',
  'an attestation',
  'short of a platform',
  'a platform of another cell in it',
] as const;

export type Image = (typeof images)[number];

/** `of` and `other` choose a cell or tag, modulo how many there are. */
export type Damage =
  | { readonly do: 'remove'; readonly what: 'full' | 'other pinned' | 'pinned'; readonly of: number }
  | { readonly do: 'remove moving'; readonly of: number }
  | {
      readonly do: 'overwrite';
      readonly what: 'full' | 'other pinned' | 'pinned';
      readonly of: number;
      readonly by: Image;
      readonly other: number;
    }
  /** Every tag of the cell's image, as if it had been built so. */
  | { readonly do: 'relabel'; readonly of: number; readonly as: Image }
  /** `stranded`: and the pinned tags of that cell are gone. */
  | {
      readonly do: 'point';
      readonly of: number;
      readonly at: Image;
      readonly other: number;
      readonly stranded: boolean;
    }
  | { readonly do: 'silence'; readonly what: 'full' | 'other pinned' | 'moving'; readonly of: number };

export interface PlaceState {
  readonly damages: readonly Damage[];
  /** A publish of this release was killed here: before its first push was done, or when all pushes were. */
  readonly journal: { readonly of: number; readonly cut: 'begun' | 'pushed' } | null;
  /** Manifests without a tag are gone: the registry collects them. */
  readonly collected: boolean;
}

export interface State {
  readonly project: number;
  readonly lock: 'none' | 'right' | 'older';
  /** The source does not know the newest release. */
  readonly behind: boolean;
  /** It says so, or says so for nothing. */
  readonly partial: boolean;
  readonly places: readonly PlaceState[];
}

const nth = fc.nat({ max: 40 });
const pinned = fc.constantFrom('full' as const, 'other pinned' as const, 'pinned' as const);
const image = fc.constantFrom(...images);

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ do: fc.constant('remove' as const), what: pinned, of: nth }),
  fc.record({ do: fc.constant('remove moving' as const), of: nth }),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('overwrite' as const), what: pinned, of: nth, by: image, other: nth }),
  },
  fc.record({
    do: fc.constant('relabel' as const),
    of: nth,
    as: fc.constantFrom<Image>('rebuilt without labels', 'foreign with labels of its own', 'labels of its base'),
  }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('point' as const), of: nth, at: image, other: nth, stranded: fc.boolean() }),
  },
  fc.record({
    do: fc.constant('silence' as const),
    what: fc.constantFrom('full' as const, 'other pinned' as const, 'moving' as const),
    of: nth,
  }),
);

const place: fc.Arbitrary<PlaceState> = fc.record({
  damages: fc.array(damage, { maxLength: 4 }),
  journal: fc.option(fc.record({ of: nth, cut: fc.constantFrom('begun' as const, 'pushed' as const) }), { freq: 4 }),
  collected: fc.boolean(),
});

const rarely = fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

const statesOf = (places: fc.Arbitrary<readonly PlaceState[]>): fc.Arbitrary<State> =>
  fc.record({
    project: fc.nat({ max: projects.length - 1 }),
    lock: fc.constantFrom('none' as const, 'right' as const, 'older' as const),
    behind: rarely,
    partial: rarely,
    places,
  });

const one = fc.tuple(place);
const several = fc.array(place, { minLength: 2, maxLength: 3 });

export const inOne = statesOf(one);
export const inSeveral = statesOf(several);
export const states = statesOf(fc.oneof({ weight: 4, arbitrary: one }, { weight: 1, arbitrary: several }));

/** A state without damage, for tests that name theirs. */
export const undamaged: PlaceState = { damages: [], journal: null, collected: false };

/** How many states are tried, and from which seed: set LAWS_STATES and LAWS_SEED. */
export const runs = {
  numRuns: Number(process.env['LAWS_STATES'] ?? 500),
  seed: Number(process.env['LAWS_SEED'] ?? 20_261_124),
};
