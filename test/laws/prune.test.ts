/**
 * Over generated registries: the keep list is what a walk of the test's own reaches from the tags that hold, `prune`
 * lists none of it, and deleting all that it lists leaves every kept manifest, and all that it lists, readable.
 */
import { beforeAll, expect, test } from 'vitest';
import { keepWith } from '../../src/commands/keep.ts';
import { pruneWith, type Confirmation } from '../../src/commands/prune.ts';
import { readHolders, type Holders } from '../../src/commands/keep/holdings.ts';
import type { World } from '../../src/commands/world.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { Digest, Manifest } from '../../src/domain/digest.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { daily } from '../support/history.ts';
import { childrenOf, emptyHeld, registriesOf, type Content, type Held } from '../support/laws/held.ts';
import { publishWorld } from '../support/publish-world.ts';
import { blobOf, manifestOf } from '../support/sample-images.ts';
import { seeded } from '../support/seeded.ts';

const states = 1_000;
const name = 'registry.example/acme/app';
const config: MatrixConfig = {
  repository: name,
  pythons: ['3.9'],
  dockerfile: 'Dockerfile',
  defaults: { python: 'highest' },
  exclude: [{ version: '1.0.2', reason: 'never built' }],
  events: { branch: 'branch-{{branch}}', schedule: 'nightly' },
};
const facts = daily('1.0.0', '1.0.1', '1.0.2');
/** Of the plan, of an event, or like a release that no source knows: each holds its image. */
const holding = [
  '1.0.0-python3.9',
  '1.0.1-python3.9',
  '1.0-python3.9',
  'latest',
  'branch-main',
  'nightly',
  '9.9.9-python3.9',
];
const free = ['1.0.2-python3.9', 'my-test', 'Old.Thing', 'zz'];

interface State {
  readonly held: Held;
  readonly content: Content;
  readonly hasReferrers: boolean;
}

/** Images that share platforms, indexes in indexes, artifacts that hang on any of them, tags on anything. */
function stateOf(seed: number): State {
  let step = 0;
  const pick = (below: number): number => seeded(`${seed} ${(step += 1)}`, below);
  const content: Content = { manifests: new Map(), blobs: new Map() };
  const held = emptyHeld();
  const all: Manifest[] = [];
  const any = (): Manifest => all[pick(all.length)] ?? made();
  const add = (manifest: Manifest): Manifest => {
    content.manifests.set(manifest.digest, manifest);
    held.has.add(manifest.digest);
    all.push(manifest);
    return manifest;
  };
  const made = (subject?: Manifest): Manifest => {
    const blob = blobOf(`${seed} ${(step += 1)}`);
    content.blobs.set(blob.digest, blob.bytes);
    const entry = { mediaType: mediaTypes.ociConfig, digest: blob.digest, size: blob.bytes.byteLength };
    const on = subject === undefined ? {} : { subject: entryOf(subject) };
    return add(manifestOf(mediaTypes.ociManifest, { schemaVersion: 2, config: entry, layers: [], ...on }));
  };
  const index = (entries: readonly Manifest[]): Manifest =>
    add(manifestOf(mediaTypes.ociIndex, { schemaVersion: 2, note: (step += 1), manifests: entries.map(entryOf) }));
  for (let count = 2 + pick(4); count > 0; count -= 1) made();
  for (let count = 1 + pick(4); count > 0; count -= 1) index([any(), any(), any()].slice(pick(3)));
  for (let count = pick(4); count > 0; count -= 1) made(any());
  for (const tag of [...holding, ...free]) if (pick(3) > 0) held.tags.set(tag, any().digest);
  for (let count = pick(5); count > 0; count -= 1) {
    const on = any().digest.replace(':', '-');
    if (pick(2) === 0) held.tags.set(on, index([made(), any()].slice(pick(2))).digest);
    else held.tags.set(`${on}.${['sig', 'att', 'sbom'][pick(3)] ?? ''}`, any().digest);
  }
  return { held, content, hasReferrers: pick(2) === 0 };
}

function entryOf({ mediaType, digest, sizeBytes }: Manifest): object {
  return { mediaType, digest, size: sizeBytes };
}

/** Told anew: a digest is reached by a holding tag, from an index, or by what hangs on what is reached. */
function reached({ held, content }: State): ReadonlySet<string> {
  const found = new Set<string>();
  const subjects = [...content.manifests.values()].flatMap((manifest) => {
    const body: { subject?: { digest: string } } = JSON.parse(new TextDecoder().decode(manifest.bytes));
    return body.subject === undefined ? [] : [{ digest: manifest.digest, on: body.subject.digest }];
  });
  const visible = visibleOf(held, content, subjects);
  const spread = (into: Set<string>, digest: string): void => {
    if (into.has(digest) || !held.has.has(digest)) return;
    into.add(digest);
    const manifest = content.manifests.get(digest);
    for (const child of manifest === undefined ? [] : childrenOf(manifest)) spread(into, child);
    for (const [tag, at] of held.tags) if (tag.startsWith(digest.replace(':', '-'))) spread(into, at);
    for (const one of subjects) if (one.on === digest && visible.has(one.digest)) spread(into, one.digest);
  };
  for (const tag of holding) spread(found, held.tags.get(tag) ?? '');
  for (let before = -1; before < found.size;) {
    before = found.size;
    const going = new Set<string>();
    for (const tag of free) spread(going, held.tags.get(tag) ?? '');
    // What a signature belongs to may be here unseen: it goes only together with it.
    for (const [tag, at] of held.tags) {
      const subject = tag.startsWith('sha256-') ? tag.slice(0, 71).replace('-', ':') : null;
      if (subject !== null && !going.has(subject)) spread(found, at);
    }
  }
  return found;
}

/** What a client can find at all: on a registry without lists of referrers only what a tag leads to. */
function visibleOf(
  held: Held,
  content: Content,
  subjects: readonly { readonly digest: string; readonly on: string }[],
): ReadonlySet<string> {
  const visible = new Set<string>();
  const visit = (digest: string): void => {
    const manifest = content.manifests.get(digest);
    if (visible.has(digest) || manifest === undefined) return;
    visible.add(digest);
    for (const child of childrenOf(manifest)) visit(child);
    if (isListing) for (const { digest: on, on: subject } of subjects) if (subject === digest) visit(on);
  };
  const { isListing } = listing;
  for (const at of held.tags.values()) visit(at);
  return visible;
}

/** Whether the registry of the state at hand lists referrers. */
const listing = { isListing: false };

function worldOf({ held, content, hasReferrers }: State): World {
  listing.isListing = hasReferrers;
  const registries = registriesOf(new Map([[name, held]]), content);
  const referrers = (digest: Digest): { digest: Digest; entry: object }[] =>
    [...content.manifests.values()].flatMap((manifest) => {
      const text = new TextDecoder().decode(manifest.bytes);
      const isOn =
        held.has.has(manifest.digest) && text.includes('"subject"') && text.split('"subject"')[1]?.includes(digest);
      return isOn === true ? [{ digest: manifest.digest, entry: {} }] : [];
    });
  return {
    ...publishWorld({ config, facts, root: '/nowhere' }),
    registries: () => ({
      ...registries,
      open: (repository) => ({
        ...registries.open(repository),
        referrers: (digest) =>
          Promise.resolve(hasReferrers ? referrers(digest).map((one) => ({ ...one, entry: {} })) : null),
      }),
    }),
  };
}

const options = { config: 'x', releases: null, repository: [], image: null, at: null, journal: '/nowhere/journal' };

let holders: Holders;
beforeAll(async () => {
  holders = await readHolders(options, publishWorld({ config, facts, root: '/nowhere' }));
});

interface List {
  readonly rows: readonly string[];
  readonly confirm: Confirmation;
}

async function listOf(world: World, confirmed: Confirmation | null = null): Promise<List> {
  const { stdout, result } = await pruneWith(holders, { ...options, delete: confirmed, json: true }, world);
  expect(result).toBe('as-planned');
  const listed: { confirm: string; repositories: { rows: { digest: string }[] }[] } = JSON.parse(stdout);
  const [count = '', list = ''] = listed.confirm.split(':');
  const rows = listed.repositories.flatMap((repository) => repository.rows.map(({ digest }) => digest));
  return { rows, confirm: { count: Number(count), list } };
}

test(`of ${states} registries, no list of prune has a kept digest, and deleting it leaves all of them whole`, async () => {
  let listed = 0;
  let kept = 0;
  for (let seed = 0; seed < states; seed += 1) {
    const state = stateOf(seed);
    const world = worldOf(state);
    const expected = reached(state);
    const { stdout } = await keepWith(holders, { ...options, keep: 'text' }, world);
    const keep = stdout.split('\n').flatMap((line) => line.split('@')[1] ?? []);
    expect([seed, keep]).toEqual([seed, [...expected].toSorted()]);
    const { rows, confirm } = await listOf(world);
    expect([seed, rows.filter((digest) => expected.has(digest))]).toEqual([seed, []]);
    const tags = [...state.held.tags].filter(([, digest]) => expected.has(digest));
    if (rows.length > 0) await listOf(world, confirm);
    expect([seed, [...expected].filter((digest) => !state.held.has.has(digest))]).toEqual([seed, []]);
    expect([seed, tags.filter(([tag, digest]) => state.held.tags.get(tag) !== digest)]).toEqual([seed, []]);
    expect([seed, rows.filter((digest) => state.held.has.has(digest))]).toEqual([seed, []]);
    listed += rows.length;
    kept += keep.length;
  }
  expect(listed).toBeGreaterThan(states / 2);
  expect(kept).toBeGreaterThan(states);
}, 300_000);

test('what a registry does not answer is never taken for free: nothing is listed, and nothing deleted', async () => {
  for (let seed = 0; seed < 100; seed += 1) {
    const state = stateOf(seed);
    const references = [...state.held.tags.keys(), ...new Set(state.held.tags.values())];
    const { confirm } = await listOf(worldOf(state));
    state.held.silent.add(references[seeded(`silent ${seed}`, references.length)] ?? '');
    const before = new Set(state.held.has);
    const works = [
      () => keepWith(holders, { ...options, keep: 'text' }, worldOf(state)),
      () => pruneWith(holders, { ...options, delete: confirm, json: true }, worldOf(state)),
    ];
    for (const work of works) {
      const error = await work().catch((reason: unknown) => reason);
      expect([seed, error]).toEqual([seed, expect.any(OutsideError)]);
    }
    expect(state.held.has).toEqual(before);
  }
}, 120_000);
