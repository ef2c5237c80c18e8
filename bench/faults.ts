/**
 * What this client and its peers make of a registry that fails and lies: the table of right answers, errors and silent
 * lies. `npm run bench:faults [-- --tags 200 --peer-tags 40]`; the engines come from scripts/setup-engines.sh.
 */
import { confirmTag, createHeadSnapshotSource } from '../src/adapters/registry/head-snapshot.ts';
import { createRegistries } from '../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../src/adapters/registry/registry-client.ts';
import { OutsideError } from '../src/domain/errors.ts';
import { startFaultProxy, type FaultProxy, type FaultProxyOptions, type Faults } from '../test/support/fault-proxy.ts';
import { pushTags } from '../test/support/push-images.ts';
import { startRegistry } from '../test/support/registry-process.ts';
import type { SampleImage } from '../test/support/sample-images.ts';
import { figure, type Figure } from './figure.ts';
import { finishPart, partArguments } from './part.ts';
import { peers, versionOf, type Peer, type Said } from './peers.ts';

const asked = partArguments({ rounds: 1, tags: 200, 'peer-tags': 40 });
const tagCount = asked.numbers.get('tags') ?? 0;
const peerTagCount = Math.min(tagCount, asked.numbers.get('peer-tags') ?? 0);
const path = 'bench/faults';
const processLimitMs = 60_000;
/** Longer than this client ever takes. */
const hangLimitMs = 75_000;
/** Peers are processes of their own; more at a time would measure the machine. */
const peerConcurrency = 4;

const mixed = (share: number): Faults => ({ reset: share, throttled: share, 'status-500': share, cut: share });
const readRows: readonly { readonly name: string; readonly faults: Faults }[] = [
  { name: 'none', faults: {} },
  { name: 'connection dropped 10%', faults: { reset: 0.1 } },
  { name: '429 + Retry-After 1, 10%', faults: { throttled: 0.1 } },
  { name: '500, 10%', faults: { 'status-500': 0.1 } },
  { name: '503, 10%', faults: { 'status-503': 0.1 } },
  { name: 'body cut in half, 10%', faults: { cut: 0.1 } },
  { name: 'wrong Docker-Content-Digest, 10%', faults: { 'wrong-digest': 0.1 } },
  { name: 'body altered, header right, 10%', faults: { altered: 0.1 } },
  { name: 'digest header absent, 10%', faults: { 'no-digest': 0.1 } },
  { name: '200 + HTML page, 10%', faults: { html: 0.1 } },
  { name: 'mixed 13% (drop, 429, 500, 503, cut)', faults: { ...mixed(0.026), 'status-503': 0.026 } },
  { name: 'mixed 40% (drop, 429, 500, cut)', faults: mixed(0.1) },
];
const moveRows: typeof readRows = [
  { name: 'none', faults: {} },
  { name: 'mixed 10% on GET, HEAD and PUT', faults: mixed(0.025) },
  { name: '10% of PUTs applied, reply lost', faults: { 'reply-lost': 0.1 } },
];

const upstream = await startRegistry();
const directRegistries = createRegistries();
const direct = directRegistries.open({ registry: upstream.host, path });
const images = await pushTags(direct, tagCount);
/** What everybody came to in all rows: of this client what it says, of peers too; and tags that did not move. */
const totals = { reading: new Map<string, Counts>(), moving: new Map<string, Counts>(), unmoved: 0 };
const waits = new Map<string, number>();

print(
  `# ${await versionOf('skopeo', '--version')}; crane ${await versionOf('crane', 'version')}; ${await versionOf('docker', 'buildx', 'version')}`,
);
print(`\nReading: right / error / silently wrong, of ${tagCount} tags (peers: of ${peerTagCount})\n`);
heading(['fault (share of manifest requests)', 'tagwright', ...peers.map((peer) => peer.name)]);
for (const [seed, { name, faults }] of readRows.entries()) {
  const cells = [await through({ faults, seed }, (client) => readOurs(client))];
  for (const peer of peers) cells.push(await behind({ faults, seed }, (host) => readPeer(peer, host)));
  row([name, ...cells]);
}

print('\nMoving to a new tag: right / error / silently wrong (of the errors, those whose tag had moved)\n');
heading(['fault', 'tagwright', ...peers.map((peer) => peer.name)]);
for (const [seed, { name, faults }] of moveRows.entries()) {
  const cells = [await through({ faults, seed }, (client) => moveOurs(client, `ours-${seed}`))];
  for (const [at, peer] of peers.entries()) {
    cells.push(await behind({ faults, seed }, (host) => movePeer(peer, host, `peer${at}-${seed}`)));
  }
  row([name, ...cells]);
}

print('\nOne tag, what giving up costs: time, requests, least time between two of them\n');
heading(['registry', 'tagwright', ...peers.map((peer) => peer.name)]);
const hopeless = [
  { name: 'never answers', options: { faults: { silent: 1 } } },
  { name: 'always 429, Retry-After 5', options: { faults: { throttled: 1 }, retryAfter: () => '5' } },
];
const costs = hopeless.map(async ({ name, options }) => {
  const startMs = Date.now();
  const ours = giveUpOurs(options).finally(() => waits.set(name, (Date.now() - startMs) / 1000));
  const all = [ours, ...peers.map((peer) => giveUpPeer(peer, options))];
  return [name, ...(await Promise.all(all))];
});
for (const cells of await Promise.all(costs)) row(cells);

await directRegistries.close();
await upstream.stop();
finishPart(asked, figures());

function add(to: Map<string, Counts>, who: string, { right, error, wrong }: Counts): void {
  const sum = to.get(who) ?? { right: 0, error: 0, wrong: 0 };
  to.set(who, { right: sum.right + right, error: sum.error + error, wrong: sum.wrong + wrong });
}

function figures(): Figure[] {
  const all: Figure[] = [];
  for (const [what, whose] of [
    ['reading', totals.reading],
    ['moving', totals.moving],
  ] as const) {
    for (const [who, { right, error, wrong }] of whose) {
      const total = { name: 'answers', value: right + error + wrong };
      const bound = who === 'tagwright' ? '>= 1' : null;
      all.push(figure(`${what}, ${who}: right`, { value: right, unit: '' }, total, bound));
      all.push(
        figure(`${what}, ${who}: silently wrong`, { value: wrong, unit: '' }, total, bound === null ? null : '<= 0'),
      );
    }
  }
  all.push(
    figure(
      'moving, tagwright: not moved',
      { value: totals.unmoved, unit: '' },
      { name: 'tags', value: tagCount },
      '<= 0',
    ),
  );
  for (const [name, value] of waits)
    all.push(
      figure(
        `gives up, ${name}`,
        { value, unit: 's' },
        { name: 'how long peers were waited for', value: hangLimitMs / 1000 },
        '< 1',
      ),
    );
  return all;
}

async function behind<T>(
  options: Omit<FaultProxyOptions, 'upstream'>,
  use: (host: string, requests: FaultProxy['requests']) => Promise<T>,
): Promise<T> {
  const proxy = await startFaultProxy({ upstream: upstream.host, ...options });
  try {
    return await use(proxy.host, proxy.requests);
  } finally {
    await proxy.close();
  }
}

function through<T>(
  options: Omit<FaultProxyOptions, 'upstream'>,
  use: (client: RegistryClient) => Promise<T>,
): Promise<T> {
  return behind(options, async (host) => {
    const registries = createRegistries();
    try {
      return await use(registries.open({ registry: host, path }));
    } finally {
      await registries.close();
    }
  });
}

/** As an audit reads: a HEAD each, and a hashed GET of whatever is not as expected. */
async function readOurs(client: RegistryClient): Promise<string> {
  const startMs = Date.now();
  const snapshot = await createHeadSnapshotSource(client).read([...images.keys()]);
  const said = await each([...images.keys()], 16, async (tag) => {
    const seen = snapshot.tags.get(tag);
    if (seen?.kind === 'present' && seen.descriptor.digest === digestOf(tag)) return { digest: seen.descriptor.digest };
    return confirmed(client, tag);
  });
  const counts = count(said, digestOf);
  add(totals.reading, 'tagwright', counts);
  return `${format(counts)} in ${seconds(startMs)}`;
}

async function moveOurs(client: RegistryClient, prefix: string): Promise<string> {
  const startMs = Date.now();
  const said = await each([...images.keys()], 16, async (tag) => {
    // An error does not mean "not moved": what is read back afterwards counts.
    await client.putManifest(`${prefix}-${tag}`, imageOf(tag).top).catch(failure);
    return confirmed(client, `${prefix}-${tag}`);
  });
  const took = seconds(startMs);
  const counts = count(said, digestOf);
  const actual = await createHeadSnapshotSource(direct).read([...images.keys()].map((tag) => `${prefix}-${tag}`));
  const moved = [...images.keys()].filter((tag) => {
    const seen = actual.tags.get(`${prefix}-${tag}`);
    return seen?.kind === 'present' && seen.descriptor.digest === digestOf(tag);
  });
  add(totals.moving, 'tagwright', counts);
  totals.unmoved += tagCount - moved.length;
  return `${format(counts)} in ${took}`;
}

async function readPeer(peer: Peer, host: string): Promise<string> {
  const tags = [...images.keys()].slice(0, peerTagCount);
  const said = await each(tags, peerConcurrency, (tag) => peer.read(`${host}/${path}:${tag}`, processLimitMs));
  const counts = count(said, digestOf);
  add(totals.reading, peer.name, counts);
  return format(counts);
}

async function movePeer(peer: Peer, host: string, prefix: string): Promise<string> {
  const tags = [...images.keys()].slice(0, peerTagCount);
  let movedAllTheSame = 0;
  const said = await each(tags, peerConcurrency, async (tag): Promise<Said> => {
    const to = `${prefix}-${tag}`;
    const { error } = await peer.move(`${host}/${path}:${tag}`, `${host}/${path}:${to}`, processLimitMs);
    const actual = (await direct.manifest(to))?.digest ?? 'absent';
    if (error === null) return { digest: actual };
    if (actual === digestOf(tag)) movedAllTheSame += 1;
    return { error };
  });
  const counts = count(said, digestOf);
  add(totals.moving, peer.name, counts);
  return counts.error === 0 ? format(counts) : `${format(counts)} (${movedAllTheSame} had moved)`;
}

function giveUpOurs(options: Omit<FaultProxyOptions, 'upstream'>): Promise<string> {
  return timed(options, async (host) => {
    const registries = createRegistries();
    const client = registries.open({ registry: host, path });
    const error: unknown = await client.head('t0').catch((reason: unknown) => reason);
    await registries.close();
    if (!(error instanceof OutsideError)) return 'no error';
    if (!error.message.includes(`${host}/${path}:t0`)) throw new Error(`it does not name the tag: ${error.message}`);
    return error.code;
  });
}

function giveUpPeer(peer: Peer, options: Omit<FaultProxyOptions, 'upstream'>): Promise<string> {
  return timed(options, async (host) => {
    const said = await peer.read(`${host}/${path}:t0`, hangLimitMs);
    if (!('error' in said)) return 'no error';
    return said.error === 'hangs' ? 'still hanging' : 'error';
  });
}

/** How long it took, how many manifest requests went out, and how soon after one another. */
function timed(options: Omit<FaultProxyOptions, 'upstream'>, use: (host: string) => Promise<string>): Promise<string> {
  return behind(options, async (host, requests) => {
    const startMs = Date.now();
    const outcome = await use(host);
    const took = seconds(startMs);
    const times = requests.filter(({ path: asked }) => asked.includes('/manifests/')).map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
    const apart = gaps.length === 0 ? '' : `, ${(Math.min(...gaps) / 1000).toFixed(2)} s apart`;
    return `${outcome} after ${took}, ${times.length}${apart}`;
  });
}

async function confirmed(client: RegistryClient, tag: string): Promise<Said> {
  const seen = await confirmTag(client, tag).catch(failure);
  if ('error' in seen) return seen;
  return { digest: seen.kind === 'present' ? seen.descriptor.digest : seen.kind };
}

function failure(error: unknown): { readonly error: string } {
  if (!(error instanceof OutsideError)) throw error;
  return { error: `${error.code} ${error.message}` };
}

async function each(
  tags: readonly string[],
  atATime: number,
  ask: (tag: string) => Promise<Said>,
): Promise<Map<string, Said>> {
  const said = new Map<string, Said>();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let tag = tags[next++]; tag !== undefined; tag = tags[next++]) said.set(tag, await ask(tag));
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return said;
}

interface Counts {
  right: number;
  error: number;
  wrong: number;
}

function count(said: ReadonlyMap<string, Said>, expected: (tag: string) => string): Counts {
  const counts = { right: 0, error: 0, wrong: 0 };
  for (const [tag, answer] of said) {
    if ('error' in answer) counts.error += 1;
    else if (answer.digest === expected(tag)) counts.right += 1;
    else counts.wrong += 1;
  }
  return counts;
}

function imageOf(tag: string): SampleImage {
  const image = images.get(tag);
  if (image === undefined) throw new Error(`${tag} was not pushed`);
  return image;
}

function digestOf(tag: string): string {
  return imageOf(tag).top.digest;
}

function format({ right, error, wrong }: Counts): string {
  return `${right}/${error}/${wrong > 0 ? `**${wrong}**` : 0}`;
}

function seconds(startMs: number): string {
  return `${((Date.now() - startMs) / 1000).toFixed(1)} s`;
}

function heading(cells: readonly string[]): void {
  row(cells);
  row(cells.map(() => '---'));
}

function row(cells: readonly string[]): void {
  print(`| ${cells.join(' | ')} |`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
