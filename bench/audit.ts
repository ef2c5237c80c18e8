/**
 * How fast a whole audit of Prefect's 4,294 tags reads a real registry, and what it costs: requests a tag, the rate
 * against `ab -k -i` on the same registry, against a process that only asks, memory, loops of other clients through
 * `xargs -P8`, and a registry that is 30 ms away. `npm run bench:audit [-- --peer-tags 64] [-- --rounds 5]`; the engines
 * come from scripts/setup-engines.sh.
 */
import { execa } from 'execa';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHeadSnapshotSource } from '../src/adapters/registry/head-snapshot.ts';
import { createRegistries } from '../src/adapters/registry/registries.ts';
import { parseDigest } from '../src/domain/digest.ts';
import { parseJsonObject } from '../src/domain/json.ts';
import { manifestMediaTypes } from '../src/domain/media-types.ts';
import { keepHeapSmall } from '../src/entry/small-heap.ts';
import { startRegistry } from '../test/support/registry-process.ts';
import { figure, limited, median, type Figure } from './figure.ts';
import { finishPart, partArguments } from './part.ts';
import { factsFile, plannedTags, pushImages, root } from './planned-registry.ts';
import { measureProcess } from './process-memory.ts';

// As cli.ts does: what is measured in this process is what that one does.
keepHeapSmall(process.versions.node, ['audit']);
const asked = partArguments({ rounds: 5, 'peer-tags': 64 });
const path = 'prefecthq/prefect';
const delayMs = 30;
const unit = 'a second';

const places = await plannedTags();
const tags = [...places.keys()];
const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
writeFileSync(join(folder, 'tags.txt'), tags.join('\n'));
const upstream = await startRegistry();
const registries = createRegistries();
console.log(`${tags.length} tags go into a real registry at ${upstream.host} …`);
await pushImages(places, registries.open({ registry: upstream.host, path }));
try {
  finishPart(asked, [...(await readingFigures()), ...(await distanceFigures())]);
} finally {
  await registries.close();
  await upstream.stop();
  await rm(folder, { recursive: true });
}

async function readingFigures(): Promise<Figure[]> {
  const rates = { audit: [] as number[], whole: [] as number[], ab: [] as number[], asks: [] as number[] };
  let memoryMb = 0;
  let requests = 0;
  for (let round = 0; round < asked.rounds; round += 1) {
    rates.ab.push(await rateOfAb());
    rates.audit.push(await rateOfReading(upstream.host, tags));
    const run = await wholeAudit();
    rates.whole.push(run.requests / run.seconds);
    rates.asks.push(await rateOfAsking());
    memoryMb = Math.max(memoryMb, run.memoryMb);
    requests = run.requests;
  }
  const peers = await ratesOfPeers(tags.slice(0, asked.numbers.get('peer-tags')));
  const [[bestName, best] = ['no other client', Number.NaN]] = [...peers].toSorted((a, b) => b[1] - a[1]);
  const whole = { value: median(rates.whole), unit };
  return [
    figure('requests', { value: requests, unit: '' }, { name: 'tags', value: tags.length }, '<= 1.05'),
    inTurns('reading', rates.audit, { name: 'ab -k -i -c 32', values: rates.ab }, '>= 0.9'),
    inTurns('an audit, start to end', rates.whole, { name: 'a process that only asks', values: rates.asks }, null),
    limited('an audit, memory', { value: memoryMb, unit: 'MB' }, 100),
    figure('an audit, start to end', whole, { name: `${bestName}, by xargs -P8`, value: best }, '>= 4'),
    ...[...peers]
      .filter(([name]) => name !== bestName)
      .map(([name, value]) => figure('an audit, start to end', whole, { name, value })),
  ];
}

/** The median of the ratios, round by round: what else the machine does meanwhile is in both. */
function inTurns(
  name: string,
  own: readonly number[],
  peer: { readonly name: string; readonly values: readonly number[] },
  bound: Parameters<typeof figure>[3],
): Figure {
  const ratio = median(own.map((rate, round) => rate / (peer.values[round] ?? Number.NaN)));
  const value = median(peer.values);
  return figure(name, { value: ratio * value, unit }, { name: peer.name, value }, bound);
}

/** HEADs a second, of every tag once. */
async function rateOfReading(host: string, wanted: readonly string[], concurrency?: number): Promise<number> {
  const own = createRegistries(concurrency === undefined ? {} : { connections: concurrency });
  const reader = own.open({ registry: host, path });
  const source = createHeadSnapshotSource(reader, concurrency === undefined ? {} : { concurrency });
  const beganMs = performance.now();
  const { tags: seen, requests } = await source.read(wanted);
  const seconds = (performance.now() - beganMs) / 1000;
  await own.close();
  const unseen = [...seen.values()].filter((at) => at.kind !== 'present' || parseDigest(at.descriptor.digest) === null);
  if (unseen.length > 0) throw new Error(`${unseen.length} tags were not seen`);
  return requests / seconds;
}

/** What `defaultConcurrency` in read-each.ts is chosen by: far away, no other number is much faster. */
async function distanceFigures(): Promise<Figure[]> {
  const proxy = await slowProxy(upstream.host, delayMs);
  const some = tags.slice(0, 1500);
  const rates = new Map<string, number>();
  for (const concurrency of [8, 32, 128])
    rates.set(`${concurrency} at a time`, await rateOfReading(proxy.host, some, concurrency));
  const value = await rateOfReading(proxy.host, some);
  proxy.close();
  const [[name, best] = ['', Number.NaN]] = [...rates].toSorted((a, b) => b[1] - a[1]);
  return [figure(`reading, ${delayMs} ms away`, { value, unit }, { name: `the best, ${name}`, value: best }, '>= 0.5')];
}

interface WholeRun {
  readonly seconds: number;
  readonly requests: number;
  readonly memoryMb: number;
}

/** The program as a user runs it, from its start to its end. */
async function wholeAudit(): Promise<WholeRun> {
  const args = [
    'audit',
    '--releases',
    factsFile,
    '--repository',
    `${upstream.host}/${path}`,
    '--content',
    'none',
    '--json',
  ];
  const run = await measureProcess(['dist/cli.js', ...args], root, true);
  return { ...run, requests: Number(parseJsonObject(run.stdout)?.['requests']) };
}

async function rateOfAsking(): Promise<number> {
  const args = ['bench/only-asks.mjs', `http://${upstream.host}/v2/${path}`, join(folder, 'tags.txt')];
  const { stdout, seconds } = await measureProcess(args, root, true);
  if (stdout.trim() !== String(new Set(tags).size)) throw new Error(`only-asks.mjs saw ${stdout} tags`);
  return tags.length / seconds;
}

async function rateOfAb(): Promise<number> {
  const url = `http://${upstream.host}/v2/${path}/manifests/2-latest`;
  const accept = `Accept: ${manifestMediaTypes.join(', ')}`;
  const { stdout } = await execa('ab', ['-k', '-i', '-q', '-c', '32', '-n', String(tags.length), '-H', accept, url]);
  return Number(/Requests per second:\s+(?<rate>[\d.]+)/.exec(stdout)?.groups?.['rate']);
}

/** Tags a second, of the programs that are there. */
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
    if (run.exitCode === 0) found.set(name, sample.length / ((performance.now() - beganMs) / 1000));
    else console.log(`${name}: not installed here`);
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
