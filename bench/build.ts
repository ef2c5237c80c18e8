/**
 * What one bake of all cells saves: Prefect's shipped Dockerfiles on stand-in bases, with wheels in place of PyPI, built
 * by `tagwright build`, by a bare bake of the same file, by one bake in which no two cells share a step, and by one
 * `docker buildx build` a cell in sequence. Cold: every step runs. Warm: none does. Re-release: only the version differs.
 * `npm run bench:build [-- --full] [-- --rounds 5]`: four cells, or all eleven. Bases are pulled before the clock starts,
 * and each round has steps of its own, so that nobody's cache has to be emptied.
 */
import { execa, ExecaError } from 'execa';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import shipped from '../matrix.config.ts';
import { startRegistry } from '../test/support/registry-process.ts';
import { standInBases, standInWheels } from '../test/support/stand-in-bases.ts';
import { figure, median, type Bound, type Figure } from './figure.ts';
import { finishPart, partArguments } from './part.ts';

const asked = partArguments({ rounds: 5 });
const { isFull, rounds } = asked;
const root = fileURLToPath(new URL('../', import.meta.url));
const versions = { first: '2.11.4', next: '2.11.5' } as const;
const pythons = isFull ? ['3.8', '3.9', '3.10', '3.11'] : ['3.10', '3.11'];
const only = isFull ? [] : ['--only', 'python=3.10,3.11', '--only', 'flavor=standard,kubernetes'];

interface Target {
  readonly context: string;
  readonly dockerfile: string;
  readonly contexts?: Readonly<Record<string, string>>;
  readonly args?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
}

interface Bake {
  readonly group: { readonly default: { readonly targets: readonly string[] } };
  readonly target: Readonly<Record<string, Target>>;
}

type Way = 'tagwright' | 'bare bake' | 'not shared' | 'sequence';
type Phase = 'cold' | 'warm' | 're-release';
const ways: readonly Way[] = ['tagwright', 'bare bake', 'not shared', 'sequence'];
const phases: readonly Phase[] = ['cold', 'warm', 're-release'];

const upstream = await startRegistry();
const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
/** By way and phase, a round each; `null`: a peer's build failed. */
const seconds = new Map<string, (number | null)[]>();
try {
  const bases = await standInBases(upstream.host, {
    bases: [...pythons.map((python) => `python:${python}-slim`), 'continuumio/miniconda3:26.5.3'],
  });
  for (const version of Object.values(versions)) await standInWheels(upstream.host, version);
  const contexts = { ...bases, wheels: `docker-image://${upstream.host}/stand-in/wheels:{{version}}` };
  const flavors = Object.entries(shipped.flavors ?? {}).map(([name, { template: _template, ...flavor }]) => [
    name,
    { ...flavor, contexts },
  ]);
  const config = { ...shipped, platforms: ['linux/amd64'], flavors: Object.fromEntries(flavors) };
  await writeFile(
    join(folder, 'matrix.config.json'),
    JSON.stringify({ ...config, tagPattern: String(config.tagPattern) }),
  );
  await pull(Object.values(bases));
  const load = loadavg()[0] ?? 0;
  print(`${isFull ? 11 : 4} cells, ${cpus().length} processors, load ${load.toFixed(1)}, ${rounds} rounds\n`);
  // Each way is first in turn, for whoever comes first finds the machine colder.
  for (let round = 0; round < rounds; round += 1) {
    const from = round % ways.length;
    for (const way of [...ways.slice(from), ...ways.slice(0, from)]) await measure(way, round);
  }
  print(`\nload ${(loadavg()[0] ?? 0).toFixed(1)}`);
  finishPart(asked, figures());
} finally {
  await rm(folder, { recursive: true });
  await upstream.stop();
}
/** The bases are on the machine before anything is timed, as they are for whoever builds every day. */
async function pull(contexts: readonly string[]): Promise<void> {
  for (const context of contexts) {
    const input = `FROM ${context.replace('docker-image://', '')}\nRUN true\n`;
    await execa('docker', ['buildx', 'build', '--output=type=cacheonly', '-'], { input });
  }
}

async function measure(way: Way, round: number): Promise<void> {
  const nonce = `${process.pid}-${round}-${way.replace(' ', '-')}`;
  await freshDockerfiles(nonce);
  for (const phase of phases) {
    const version = phase === 're-release' ? versions.next : versions.first;
    // A warm build has a repository of its own, for what is there already would not be built; a re-release goes where
    // the release before it is, as it does for everybody.
    const repository = `${upstream.host}/bench/${nonce}-${phase === 'warm' ? phase : 'cold'}`.toLowerCase();
    const bake = await bakeOf(version, repository);
    if (way === 'not shared') await ownDockerfiles(bake, nonce);
    const beganMs = performance.now();
    const fault = await faultOf(way, build(way, version, repository, bake));
    const took = fault === null ? (performance.now() - beganMs) / 1000 : null;
    const key = `${way} ${phase}`;
    seconds.set(key, [...(seconds.get(key) ?? []), took]);
    const shown = took === null ? `failed: ${fault}` : `${took.toFixed(1).padStart(6)} s`;
    print(`round ${round + 1}  ${way.padEnd(11)} ${phase.padEnd(11)} ${shown}`);
  }
}

/**
 * Docker's engine pushes targets that share a layer at once, and a registry refuses one of them now and then. Of a peer
 * that is a figure; tagwright has to push, so there it ends the measurement.
 */
async function faultOf(way: Way, building: Promise<void>): Promise<string | null> {
  try {
    await building;
    return null;
  } catch (error) {
    if (way === 'tagwright' || !(error instanceof ExecaError)) throw error;
    return error.shortMessage;
  }
}

/** The Dockerfiles that ship, with a first step that no build before has had. */
async function freshDockerfiles(nonce: string): Promise<void> {
  await cp(join(root, 'dockerfiles'), join(folder, 'dockerfiles'), { recursive: true });
  for (const flavor of Object.keys(shipped.flavors ?? {})) {
    const path = join(folder, `dockerfiles/${flavor}.Dockerfile`);
    await writeFile(path, withNonce(await readFile(path, 'utf8'), nonce));
  }
}

/** After the last FROM; a RUN, for only what is in a step's input makes it another one. */
function withNonce(dockerfile: string, nonce: string): string {
  const lines = dockerfile.split('\n');
  const at = lines.findLastIndex((line) => line.startsWith('FROM '));
  return [...lines.slice(0, at + 1), `RUN : ${nonce}`, ...lines.slice(at + 1)].join('\n');
}

async function bakeOf(version: string, repository: string): Promise<Bake> {
  const { stdout } = await tagwright('plan', version, '--format', 'bake', ...only, '--repository', repository);
  await writeFile(join(folder, 'bake.json'), stdout);
  const bake: Bake = JSON.parse(stdout);
  return bake;
}

/** A first step of its own for each target keeps BuildKit from seeing that the rest is the same. */
async function ownDockerfiles(bake: Bake, nonce: string): Promise<void> {
  const targets = await Promise.all(
    Object.entries(bake.target).map(async ([id, target]) => {
      const dockerfile = join(folder, `dockerfiles/${id.replaceAll('2-11-5', '2-11-4')}.Dockerfile`);
      await writeFile(dockerfile, withNonce(await readFile(target.dockerfile, 'utf8'), `${nonce} ${dockerfile}`));
      return [id, { ...target, dockerfile }] as const;
    }),
  );
  await writeFile(join(folder, 'bake.json'), JSON.stringify({ ...bake, target: Object.fromEntries(targets) }));
}

async function build(way: Way, version: string, repository: string, bake: Bake): Promise<void> {
  if (way === 'tagwright') {
    await tagwright('build', version, ...only, '--repository', repository, '--journal', join(folder, 'journal'));
  } else if (way === 'sequence') {
    for (const id of bake.group.default.targets) {
      const target = bake.target[id];
      if (target !== undefined) await buildOne(target);
    }
  } else {
    const args = ['buildx', 'bake', `--file=${join(folder, 'bake.json')}`, '--progress=plain', 'default'];
    await execa('docker', args, { cwd: folder, env: { BUILDX_BAKE_ENTITLEMENTS_FS: '0' } });
  }
}

async function buildOne({ context, dockerfile, contexts = {}, args = {}, labels = {}, tags }: Target): Promise<void> {
  const command = [
    'buildx',
    'build',
    '--progress=plain',
    '--provenance=mode=min',
    '--push',
    `--file=${dockerfile}`,
    ...Object.entries(contexts).map(([name, from]) => `--build-context=${name}=${from}`),
    ...Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`),
    ...tags.map((tag) => `--tag=${tag}`),
    context,
  ];
  // Where the Dockerfiles of this round are: those of the project have nothing in them that no build has had.
  await execa('docker', command, { cwd: folder });
}

function tagwright(...args: readonly string[]): Promise<{ readonly stdout: string }> {
  const common = [
    '--config',
    join(folder, 'matrix.config.json'),
    '--releases',
    `${root}examples/prefect/releases.json`,
  ];
  return execa(process.execPath, [`${root}dist/cli.js`, ...args, ...common], { cwd: folder });
}

function figures(): Figure[] {
  for (const way of ways) {
    const cells = phases.map((phase) => {
      const all = timesOf(way, phase).filter((time) => time !== null);
      return `${phase} ${median(all).toFixed(1)} (${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)})`;
    });
    print(`${way.padEnd(12)}${cells.join('   ')}`);
  }
  const failures = [...seconds.values()].flat().filter((time) => time === null).length;
  const bare = timesOf('bare bake', 'cold').filter((time) => time !== null);
  // A bare bake differs from itself by as much.
  const spread = (Math.max(...bare) - Math.min(...bare)) / median(bare);
  const most = Number((1 + Math.max(0.03, spread)).toFixed(2));
  return [
    ratio(['tagwright', 'cold'], ['bare bake', 'cold'], `<= ${most}`),
    ratio(['tagwright', 'cold'], ['sequence', 'cold'], '<= 0.4'),
    ratio(['tagwright', 're-release'], ['tagwright', 'cold'], '<= 0.15'),
    ratio(['tagwright', 'cold'], ['not shared', 'cold'], null),
    ratio(['tagwright', 'warm'], ['sequence', 'warm'], null),
    figure('builds of peers that failed', { value: failures, unit: '' }, null),
  ];
}

/** The median of the ratios, round by round: what else the machine does meanwhile is in both. */
function ratio([way, phase]: [Way, Phase], [otherWay, otherPhase]: [Way, Phase], bound: Bound | null): Figure {
  const others = timesOf(otherWay, otherPhase);
  const pairs = timesOf(way, phase).flatMap((time, round) => {
    const other = others[round] ?? null;
    return time === null || other === null ? [] : [{ time, other }];
  });
  const between = median(pairs.map(({ time, other }) => time / other));
  const value = median(pairs.map(({ other }) => other));
  const peer = { name: way === otherWay ? otherPhase : `${otherWay}, ${otherPhase}`, value };
  const cells = isFull ? 11 : 4;
  return figure(`${cells} cells, ${way}, ${phase}`, { value: between * peer.value, unit: 's' }, peer, bound);
}

function timesOf(way: Way, phase: Phase): readonly (number | null)[] {
  return seconds.get(`${way} ${phase}`) ?? [];
}

function print(line: string): void {
  console.log(line);
}
