/** A move is a PUT of the very bytes: what hangs on a digest, and what a client was told of a type, stay as they were. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, inject, test } from 'vitest';
import { createStandInBuilder } from '../../../src/adapters/stand-in/stand-in-builder.ts';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import type { Builder, BuiltTarget, Registries } from '../../../src/ports.ts';
import { isDigest } from '../../../src/domain/digest.ts';
import { daily } from '../../support/history.ts';
import { conveniences, place } from '../../support/publish-place.ts';
import { fourCells, tally } from '../../support/publish-world.ts';
import { runCli } from '../../support/run-cli.ts';
import { keyPair } from '../../support/sigstore.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const host = inject('registryHost');

/** Does something with each image that the stand-in has pushed, before anything else is done with it. */
function builderThen(work: (reference: string, digest: string) => Promise<string>) {
  return (registries: Registries): Builder => ({
    name: 'stand-in',
    build: async (targets, options) => {
      const report = await createStandInBuilder(registries).build(targets, options);
      const built: BuiltTarget[] = [];
      for (const target of report.targets) {
        const reference = targets.find(({ id }) => id === target.id)?.references[0];
        if (target.kind !== 'built' || reference === undefined) throw new Error(`${target.id} was not built`);
        const digest = await work(reference, target.digest);
        if (!isDigest(digest)) throw new Error(`${digest} is not a digest`);
        built.push({ ...target, digest });
      }
      return { targets: built };
    },
  });
}

/** A key pair, and cosign with it. The registry is on loopback; no service of sigstore's is asked. */
async function cosignWithKey(): Promise<{
  readonly folder: string;
  readonly cosign: (...args: readonly string[]) => Promise<{ failed: boolean; said: string }>;
}> {
  const folder = await tempFolder();
  const env = { COSIGN_PASSWORD: 'only for tests', HOME: folder };
  const run = async (...args: readonly string[]): Promise<{ failed: boolean; said: string }> => {
    const ran = await execa('cosign', args, { cwd: folder, env, reject: false, all: true });
    return { failed: ran.failed, said: ran.all };
  };
  const made = await run('generate-key-pair');
  if (made.failed) throw new Error(made.said);
  return { folder, cosign: run };
}

test(
  'a signature made before the move is verified by the moved tags, with the key that made it',
  { retry: 0 },
  async () => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const { folder, cosign } = await cosignWithKey();
    const help = await cosign('sign', '--help');
    // From cosign 3 on, services come from a file of their own unless they are switched off.
    const offline = help.said.includes('--use-signing-config') ? ['--use-signing-config=false'] : [];
    const insecure = '--allow-insecure-registry';
    const signing = ['--key', 'cosign.key', '--tlog-upload=false', ...offline, insecure, '--yes'];
    const verify = (tag: string): ReturnType<typeof cosign> =>
      cosign('verify', '--key', 'cosign.pub', '--insecure-ignore-tlog=true', insecure, `${at.repository}:${tag}`);

    const signed: string[] = [];
    const builder = builderThen(async (reference, digest) => {
      if (!reference.endsWith(':1.0.1-python3.10')) return digest;
      const ran = await cosign('sign', ...signing, `${at.repository}@${digest}`);
      if (ran.failed) throw new Error(ran.said);
      signed.push(digest);
      expect((await verify('1-latest')).failed).toBe(true);
      return digest;
    });
    expect(tally(await at.publish('1.0.1', { builder }))).toEqual({ cells: { built: 4 }, moves: { moved: 10 } });

    const tags = await at.tags();
    const ofCell = Object.keys(tags).filter((tag) => tags[tag] === signed[0]);
    expect(ofCell).toEqual([
      '1-latest',
      '1-python3.10',
      '1.0-python3.10',
      '1.0.1-python3.10',
      expect.stringMatching(/^sha-/),
    ]);
    for (const tag of ofCell) {
      const { failed, said } = await verify(tag);
      expect({ tag, failed, tellsDigest: said.includes(`"docker-manifest-digest":"${signed[0]}"`) }).toEqual({
        tag,
        failed: false,
        tellsDigest: true,
      });
    }
    expect((await verify('1-python3.9')).failed).toBe(true);

    const audit = await auditFor(folder, at.repository);
    expect(await audit()).toEqual(['1-latest-conda', '1-python3.10-conda', '1-python3.9', '1-python3.9-conda']);
    // As cosign 2 does it: a tag made of the digest.
    const older = ['sign', ...signing, '--new-bundle-format=false', `${at.repository}@${tags['1-python3.9']}`];
    expect(await cosign(...older)).toMatchObject({ failed: false });
    expect(Object.keys(await at.tags())).toContain(`${tags['1-python3.9']?.replace(':', '-')}.sig`);
    expect(await audit()).toEqual(['1-latest-conda', '1-python3.10-conda', '1-python3.9-conda']);
    // Another key counts for nothing.
    await writeFile(join(folder, 'cosign.pub'), keyPair().pem);
    expect(await audit('misattested')).toEqual(['1-latest', '1-python3.10', '1-python3.9']);
  },
);

/** Tags of the major series that an audit finds without a signature, or with one that does not count. */
async function auditFor(folder: string, repository: string): Promise<(kind?: string) => Promise<readonly string[]>> {
  const config = { ...fourCells, repository, source: { file: 'releases.json' }, signature: { key: 'cosign.pub' } };
  await writeFile(join(folder, 'matrix.config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'releases.json'), JSON.stringify(daily('1.0.0', '1.0.1')));
  return async (kind = 'unattested') => {
    const args = ['--require', 'signature', '--json', '--config', join(folder, 'matrix.config.json')];
    const { stdout } = await runCli(['audit', ...args]);
    const { findings }: { findings: readonly { kind: string; tag: string }[] } = JSON.parse(stdout);
    return findings.flatMap(({ kind: found, tag }) => (found === kind && tag.startsWith('1-') ? [tag] : [])).toSorted();
  };
}

const docker: readonly { readonly name: string; readonly type: string; readonly config: MatrixConfig }[] = [
  { name: 'a manifest list', type: mediaTypes.dockerList, config: fourCells },
  {
    name: 'a schema 2 manifest',
    type: mediaTypes.dockerManifest,
    config: { ...fourCells, platforms: ['linux/amd64'] },
  },
];
test.each(docker)("$name in Docker's format keeps its digest, its bytes and its type", async ({ type, config }) => {
  const at = await place(host);
  const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false', '--all', '--format=v2s2'];
  const builder = builderThen(async (reference) => {
    await execa('skopeo', ['copy', ...insecure, `docker://${reference}`, `docker://${reference}`]);
    return (await read(reference.replace(/^.*:/, ''))).digest;
  });
  async function read(tag: string): Promise<{ type: string | null; digest: string; hashed: string }> {
    const answer = await fetch(`http://${at.host}/v2/${at.path}/manifests/${tag}`, { headers: { accept: type } });
    const hash = createHash('sha256').update(Buffer.from(await answer.arrayBuffer()));
    return {
      type: answer.headers.get('content-type'),
      digest: answer.headers.get('docker-content-digest') ?? '',
      hashed: `sha256:${hash.digest('hex')}`,
    };
  }
  await at.publish('1.0.0', { config, facts: daily('1.0.0'), builder });
  expect(tally(await at.publish('1.0.1', { config, builder }))).toEqual({
    cells: { built: 4 },
    moves: { moved: 10 },
  });
  const tags = await at.tags();
  const owners = Object.values(tags).filter((digest) => digest === tags['1.0.1-python3.10']);
  expect(owners).toHaveLength(5);
  for (const tag of Object.keys(conveniences(tags))) {
    const full = tag.replace(/^1(?:\.0)?-/, '1.0.1-').replace('latest', 'python3.10');
    const digest = tags[full] ?? '';
    expect([tag, await read(tag)]).toEqual([tag, { type, digest, hashed: digest }]);
  }
});
