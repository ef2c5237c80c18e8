/**
 * How fast a whole audit of Prefect's 4,294 tags reads a real registry, and what it costs: requests a tag, the rate
 * against `ab -k -i` on the same registry, memory, loops of other clients through `xargs -P8`, and a registry that is
 * 30 ms away. `npm run bench:audit [-- --peer-tags 64]`; the engines come from scripts/setup-engines.sh.
 * Exits with 1 when a bound is missed.
 */
import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadConfigModule } from '../src/adapters/files/load-config-module.ts';
import { createHeadSnapshotSource } from '../src/adapters/registry/head-snapshot.ts';
import { createRegistries } from '../src/adapters/registry/registries.ts';
import { defineConfig } from '../src/config/define-config.ts';
import { readConfig } from '../src/config/normalize.ts';
import { parseDigest, type Manifest } from '../src/domain/digest.ts';
import { parseJsonObject } from '../src/domain/json.ts';
import { manifestMediaTypes, mediaTypes } from '../src/domain/media-types.ts';
import { keepHeapSmall } from '../src/entry/small-heap.ts';
import type { ReleaseFact } from '../src/domain/release.ts';
import { shapeFinder } from '../src/plan/shapes.ts';
import { resolveTags } from '../src/plan/tag-map.ts';
import type { Registry } from '../src/ports.ts';
import { knownReleases } from '../src/releases/known-releases.ts';
import { startRegistry } from '../test/support/registry-process.ts';
import { manifestOf, sampleImage } from '../test/support/sample-images.ts';

// As cli.ts does: what is measured in this process is what that one does.
keepHeapSmall(process.versions.node);
const { values } = parseArgs({ options: { 'peer-tags': { type: 'string', default: '64' } } });
const root = fileURLToPath(new URL('../', import.meta.url));
const path = 'prefecthq/prefect';
const rounds = 5;
const delayMs = 30;
let isRight = true;

const places = await plannedTags();
const tags = [...places.keys()];
const upstream = await startRegistry();
const registries = createRegistries();
const registry = registries.open({ registry: upstream.host, path });
print(`${tags.length} tags go into a real registry at ${upstream.host} …`);
await pushAll(registry);

const rates = { audit: [] as number[], whole: [] as number[], ab: [] as number[] };
let memoryMb = 0;
let requestsPerTag = 0;
for (let round = 0; round < rounds; round += 1) {
  rates.ab.push(await rateOfAb());
  rates.audit.push(await rateOfReading(upstream.host));
  const run = await wholeAudit();
  rates.whole.push(run.requests / run.seconds);
  memoryMb = Math.max(memoryMb, run.memoryMb);
  requestsPerTag = run.requests / tags.length;
}
print(`\nab -k -i -c 32            ${rate(median(rates.ab))}`);
print(`audit, while it reads     ${rate(median(rates.audit))}`);
print(`audit, start to end       ${rate(median(rates.whole))}`);
bound('requests a tag', requestsPerTag, '<=', 1.05);
// Round by round: what else the machine does meanwhile is in both.
const ratios = rates.audit.map((reads, round) => reads / (rates.ab[round] ?? Number.NaN));
bound('reading / ab', median(ratios), '>=', 0.8);
bound('memory of the process, MB', memoryMb, '<', 100);

print('\nother clients, each through xargs -P8:');
const peerRates = await ratesOfPeers(tags.slice(0, Number(values['peer-tags'])));
for (const [name, peerRate] of peerRates) print(`${name.padEnd(26)}${rate(peerRate)}`);
const best = Math.max(...[...peerRates.values()].filter((peerRate) => !Number.isNaN(peerRate)));
bound('audit, start to end / best of them', median(rates.whole) / best, '>=', 4);

print('\nbeside the registry:');
await ratesByConcurrency(upstream.host);
print(`\nbehind ${delayMs} ms:`);
const proxy = await slowProxy(upstream.host, delayMs);
const { best: fastest, byDefault } = await ratesByConcurrency(proxy.host);
bound('best / default', fastest / byDefault, '<=', 2);

proxy.close();
await registries.close();
await upstream.stop();
process.exitCode = isRight ? 0 : 1;

/** Every tag of the plan, with the name of the image it points to. */
async function plannedTags(): Promise<Map<string, string>> {
  const raw = await loadConfigModule(`${root}matrix.config.ts`, { virtualModules: { tagwright: { defineConfig } } });
  const read = readConfig(raw, 'matrix.config.ts');
  const image = read.ok ? read.value.images[0] : undefined;
  if (image === undefined) throw new Error('matrix.config.ts has no image');
  const facts: ReleaseFact[] = JSON.parse(readFileSync(`${root}examples/prefect/releases.json`, 'utf8'));
  const known = knownReleases({ facts, from: 'releases.json', holds: 'rows' }, image);
  const map = resolveTags(image, known.releases, shapeFinder(image, known.releases, 'releases.json'));
  const found = new Map<string, string>();
  for (const [tag, { cell }] of map.pinned) found.set(tag, cell.pinned[0]?.tag ?? tag);
  for (const { tag, owner } of map.convenience) if (owner !== null) found.set(tag, owner.pinned[0]?.tag ?? '');
  return found;
}

/** An index for each image, all around the same two manifests: what is read is the index. */
async function pushAll(to: Registry): Promise<void> {
  const { blobs, children, top } = sampleImage('oci-index', 'bench');
  for (const { bytes, digest } of blobs) await to.putBlob(bytes, digest);
  for (const child of children) await to.putManifest(child.digest, child);
  const body = parseJsonObject(new TextDecoder().decode(top.bytes)) ?? {};
  const indexes = new Map<string, Manifest>();
  for (const image of new Set(places.values())) {
    indexes.set(
      image,
      manifestOf(mediaTypes.ociIndex, { ...body, annotations: { 'org.opencontainers.image.ref.name': image } }),
    );
  }
  const pending = places.entries();
  const work = async (): Promise<void> => {
    for (const [tag, image] of pending) {
      const manifest = indexes.get(image);
      if (manifest !== undefined) await to.putManifest(tag, manifest);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

/** HEADs a second, of every tag once. */
async function rateOfReading(host: string, concurrency?: number): Promise<number> {
  const own = createRegistries(concurrency === undefined ? {} : { connections: concurrency });
  const reader = own.open({ registry: host, path });
  const source = createHeadSnapshotSource(reader, concurrency === undefined ? {} : { concurrency });
  const beganMs = performance.now();
  const { tags: seen, requests } = await source.read(tags);
  const seconds = (performance.now() - beganMs) / 1000;
  await own.close();
  const unseen = [...seen.values()].filter((at) => at.kind !== 'present' || parseDigest(at.descriptor.digest) === null);
  if (unseen.length > 0) throw new Error(`${unseen.length} tags were not seen`);
  return requests / seconds;
}

/** What `defaultConcurrency` in read-each.ts is chosen by. */
async function ratesByConcurrency(host: string): Promise<{ readonly best: number; readonly byDefault: number }> {
  const rates: number[] = [];
  for (const concurrency of [4, 8, 16, 32, 64, 128]) {
    const measured = await rateOfReading(host, concurrency);
    rates.push(measured);
    print(`${`${concurrency} at a time`.padEnd(26)}${rate(measured)}`);
  }
  const byDefault = await rateOfReading(host);
  print(`${'by default'.padEnd(26)}${rate(byDefault)}`);
  return { best: Math.max(...rates), byDefault };
}

interface WholeRun {
  readonly seconds: number;
  readonly requests: number;
  readonly memoryMb: number;
}

/** The program as a user runs it, from its start to its end. */
async function wholeAudit(): Promise<WholeRun> {
  const args = ['audit', '--releases', 'examples/prefect/releases.json', '--repository', `${upstream.host}/${path}`];
  const beganMs = performance.now();
  const child = execa(process.execPath, ['dist/cli.js', ...args, '--content', 'none', '--json'], {
    cwd: root,
    reject: false,
  });
  let memoryMb = 0;
  const watch = setInterval(() => {
    memoryMb = Math.max(memoryMb, peakMemoryMb(child.pid));
  }, 20);
  const { stdout, stderr, exitCode } = await child;
  clearInterval(watch);
  const seconds = (performance.now() - beganMs) / 1000;
  if (exitCode !== 0) throw new Error(`audit ended with ${exitCode}: ${stderr}`);
  const requests = Number(parseJsonObject(stdout)?.['requests']);
  return { seconds, requests, memoryMb };
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html VmHWM, the most it ever had */
function peakMemoryMb(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(?<kb>\d+) kB/.exec(status)?.groups?.['kb'] ?? 0) / 1024;
  } catch {
    return 0; // it has ended: what was seen before counts
  }
}

async function rateOfAb(): Promise<number> {
  const url = `http://${upstream.host}/v2/${path}/manifests/2-latest`;
  const accept = `Accept: ${manifestMediaTypes.join(', ')}`;
  const { stdout } = await execa('ab', ['-k', '-i', '-q', '-c', '32', '-n', String(tags.length), '-H', accept, url]);
  return Number(/Requests per second:\s+(?<rate>[\d.]+)/.exec(stdout)?.groups?.['rate']);
}

/** Tags a second, `NaN` where the program is not there. */
async function ratesOfPeers(sample: readonly string[]): Promise<Map<string, number>> {
  const reference = `${upstream.host}/${path}:{}`;
  const commands = {
    'crane digest': ['crane', 'digest', '--insecure', reference],
    'oras resolve': ['oras', 'resolve', '--plain-http', reference],
    'skopeo inspect': ['skopeo', 'inspect', '--no-tags', '--tls-verify=false', `docker://${reference}`],
    'imagetools inspect': ['docker', 'buildx', 'imagetools', 'inspect', reference],
  };
  const found = new Map<string, number>();
  for (const [name, command] of Object.entries(commands)) {
    const beganMs = performance.now();
    const run = await execa('xargs', ['-P8', '-I{}', ...command], {
      input: sample.join('\n'),
      stdout: 'ignore',
      reject: false,
    });
    found.set(name, run.exitCode === 0 ? sample.length / ((performance.now() - beganMs) / 1000) : Number.NaN);
  }
  return found;
}

/** A way to the registry on which every answer is late. */
async function slowProxy(target: string, lateMs: number): Promise<{ readonly host: string; close(): void }> {
  const [hostname = '', port = ''] = target.split(':');
  const server = createServer((client) => {
    const upstreamSocket = connect(Number(port), hostname);
    client.on('data', (chunk) => upstreamSocket.write(chunk));
    upstreamSocket.on('data', (chunk) => setTimeout(() => client.write(chunk), lateMs));
    for (const [from, to] of [
      [client, upstreamSocket],
      [upstreamSocket, client],
    ] as const) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return { host: `127.0.0.1:${own}`, close: () => void server.close() };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function rate(perSecond: number): string {
  return Number.isNaN(perSecond) ? '      not installed' : `${perSecond.toFixed(0).padStart(8)} a second`;
}

function bound(what: string, value: number, sign: '<=' | '>=' | '<', limit: number): void {
  const holds = sign === '<' ? value < limit : sign === '<=' ? value <= limit : value >= limit;
  if (!holds) isRight = false;
  print(`${holds ? 'ok  ' : 'MISS'} ${what}: ${value.toFixed(2)} (${sign} ${limit})`);
}

function print(line: string): void {
  console.log(line);
}
