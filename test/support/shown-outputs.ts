/** What docs/first-look.md shows of commands that read a registry or write files, run anew. */
import { copyFile, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { initCommand } from '../../src/commands/init/init.ts';
import { lookCommand } from '../../src/commands/look-without-config.ts';
import type { Owner } from '../../src/plan/types.ts';
import type { GridMove } from '../../src/report/move-grid.ts';
import { betweenMarkers, releaseMarkers } from '../../src/report/markers.ts';
import { releaseText, type PageCell, type PageImage, type PageMoves } from '../../src/report/release-text.ts';
import { digestNamed } from './digests.ts';
import { git } from './git-repository.ts';
import { initFromRegistry } from './init-from-registry.ts';
import { initOptions } from './init-options.ts';
import { initWorld } from './init-world.ts';
import { publishWorld } from './publish-world.ts';
import { loadState, type RegistryState } from './registry-state.ts';
import { runCli } from './run-cli.ts';
import { tempFolder } from './temp-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `look` at the registry of an incident, under the name that the document gives it. */
export async function lookOutput(incident: string, shownAs: string): Promise<string> {
  const registry = await startMemoryRegistry();
  const registries = createRegistries();
  try {
    const text = await readFile(`${root}examples/incidents/${incident}/registry.json`, 'utf8');
    const state: RegistryState = JSON.parse(text);
    await loadState(registries.open({ registry: registry.host, path: 'acme/app' }), state);
    const repository = `${registry.host}/acme/app`;
    const { stdout } = await lookCommand({ repositories: [repository], json: false }, publishWorld());
    return stdout.replaceAll(repository, shownAs);
  } finally {
    await registries.close();
    await registry.close();
  }
}

/** `init --from-registry tags.txt` with the tags of a scheme: what it prints, and the config that it writes. */
export async function initOutput(scheme: string): Promise<{ readonly stdout: string; readonly config: string }> {
  const folder = await tempFolder();
  await copyFile(`${root}test/schemes/${scheme}/tags.txt`, `${folder}/tags.txt`);
  const { code, stdout, stderr } = await initFromRegistry(folder, `${folder}/tags.txt`);
  if (code !== 0) throw new Error(stderr);
  const config = await readFile(`${folder}/matrix.config.ts`, 'utf8');
  return { stdout, config: config.replaceAll(`${folder}/`, '') };
}

/** `init` in a clone from gitlab.com with a Dockerfile and a release: what it prints, and the pipeline that it writes. */
export async function gitlabInitOutput(): Promise<{ readonly stdout: string; readonly pipeline: string }> {
  const folder = await tempFolder({ Dockerfile: 'FROM scratch\nARG VERSION\nLABEL built="$VERSION"\n' });
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'remote', 'add', 'origin', 'git@gitlab.com:acme/app.git');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message=first');
  git(folder, 'tag', 'v1.0.0');
  const { stdout } = await initCommand(initOptions, initWorld(folder));
  return { stdout: stdout.replaceAll(`${folder}/`, ''), pipeline: await readFile(`${folder}/.gitlab-ci.yml`, 'utf8') };
}

/** docs/guides/for-readers.md with what `docs` writes between its markers: the table, and the part of a release's text. */
export async function withOwnParts(name: string, document: string): Promise<string> {
  if (name !== 'docs/guides/for-readers.md') return document;
  const folder = await tempFolder({ 'guide.md': document });
  const args = ['--releases', 'examples/prefect/releases.json', '--range', '>=2.20'];
  const run = await runCli(['docs', `${folder}/guide.md`, ...args]);
  if (run.code !== 0) throw new Error(run.stderr);
  const text = await readFile(`${folder}/guide.md`, 'utf8');
  const written = betweenMarkers(text, releaseTextShown(), name, releaseMarkers(''));
  if (!written.ok) throw new Error(`${name} has no markers of a release`);
  return written.value;
}

/** The part of a release's text that docs/guides/for-readers.md shows. */
function releaseTextShown(): string {
  const moves = ['debian', 'alpine'].flatMap((flavor) =>
    ['minor', 'major', 'latest'].map((rule): GridMove => {
      const tag = { minor: '2.1', major: '2', latest: 'latest' }[rule] ?? '';
      const owner = (version: string): Owner => ({ version, axes: { flavor } });
      const suffix = flavor === 'alpine' ? '-alpine' : '';
      const from = rule === 'minor' ? null : { owner: owner('2.0.4'), digest: null };
      return { tag: `${tag}${suffix}`, rule, from, to: { owner: owner('2.1.0'), digest: null } };
    }),
  );
  const cells = ['debian', 'alpine'].map((flavor): PageCell => {
    const suffix = flavor === 'alpine' ? '-alpine' : '';
    const image: PageImage = { kind: 'there', digest: digestNamed(flavor) };
    const bytes = flavor === 'alpine' ? 21_400_000 : 48_700_000;
    return {
      axes: { flavor },
      pinned: [`2.1.0${suffix}`],
      followed: ['latest', '2', '2.1'].map((tag) => `${tag}${suffix}`),
      sizes: ['linux/amd64', 'linux/arm64'].map((platform, index) => ({ platform, bytes: bytes - index * 900_000 })),
      at: [image, image],
    };
  });
  const repositories = ['docker.io/acme/app', 'ghcr.io/acme/app'];
  const byRepository = [moves, moves].map((own) => own.toSorted((a, b) => rank(a) - rank(b)));
  const moved: PageMoves = { kind: 'known', byRepository };
  return releaseText({ version: '2.1.0', withdrawn: null, repositories, cells, moved }, 125_000);
}

/** A publish moves the most specific first. */
function rank({ rule }: GridMove): number {
  return ['minor', 'major', 'latest'].indexOf(rule);
}

const shown = /(?<start>```console\n\$ npx tagwright (?<command>[^\n]+)\n)(?<output>(?!\$|```)[^]*?)(?<end>```)/g;

/** The blocks of a document that show an output of `npx tagwright …`, by command. */
export function npxOutputs(document: string): ReadonlyMap<string, string> {
  return new Map(
    [...document.matchAll(shown)].map(({ groups }) => [groups?.['command'] ?? '', groups?.['output'] ?? '']),
  );
}
