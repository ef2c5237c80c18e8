/** A cell that is copied to a second registry takes along what hangs on it, as cosign and oras put it there. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { daily } from '../../support/history.ts';
import { childrenOf, place } from '../../support/publish-place.ts';
import { publish, publishOptions, publishWorld, tally } from '../../support/publish-world.ts';
import { startRegistry, type RegistryProcess } from '../../support/registry-process.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let second: RegistryProcess;
beforeAll(async () => {
  second = await startRegistry();
});
afterAll(() => second.stop());

test('a signature is verified and an SBOM is found where the image was copied to, of its platforms too', async () => {
  const at = await place(inject('registryHost'));
  await at.publish('1.0.0', { facts: daily('1.0.0') });
  const full = '1.0.0-python3.10';
  const digest = (await at.tags())[full] ?? '';
  const child = (await childrenOf(at, digest))[0] ?? '';
  const copy = `${second.host}/${at.path}`;

  const folder = await tempFolder();
  await writeFile(join(folder, 'sbom.json'), '{}');
  await writeFile(join(folder, 'other.json'), '{"other":1}');
  const env = { COSIGN_PASSWORD: 'only for tests', HOME: folder };
  const run = (file: string, ...args: readonly string[]) => execa(file, args, { cwd: folder, env, all: true });
  const attach = async (reference: string, file = 'sbom.json'): Promise<string> => {
    const done = await run(
      'oras',
      'attach',
      '--plain-http',
      '--format',
      'json',
      '--artifact-type',
      'application/x.sbom',
      reference,
      file,
    );
    const { digest: attached }: { digest: string } = JSON.parse(done.stdout);
    return attached;
  };
  await run('cosign', 'generate-key-pair');
  const help = await run('cosign', 'sign', '--help');
  const offline = help.all.includes('--use-signing-config') ? ['--use-signing-config=false'] : [];
  const signing = ['--key', 'cosign.key', '--tlog-upload=false', ...offline, '--allow-insecure-registry', '--yes'];
  await run('cosign', 'sign', ...signing, '--recursive', `${at.repository}@${digest}`);
  const sbom = await attach(`${at.repository}@${digest}`);
  const ofSbom = await attach(`${at.repository}@${sbom}`, 'other.json');
  const ofChild = await attach(`${at.repository}@${child}`);
  // What hangs on it there already stays: the image itself comes later.
  await run('oras', 'cp', '--from-plain-http', '--to-plain-http', `${at.repository}@${digest}`, copy);
  const theirs = await attach(`${copy}@${digest}`, 'other.json');

  const world = publishWorld({ facts: daily('1.0.0'), builder: () => expect.fail('nothing may be built') });
  const published = await publish(publishOptions('1.0.0', [at.repository, copy], at.journal), world);
  expect([published.result, tally(published, 1).cells]).toEqual(['as-planned', { copied: 4 }]);

  const key = ['--key', 'cosign.pub', '--insecure-ignore-tlog=true', '--allow-insecure-registry'];
  for (const signed of [digest, child]) await run('cosign', 'verify', ...key, `${copy}@${signed}`);
  const hanging = async (on: string): Promise<string[]> => {
    const found = await run('oras', 'discover', '--plain-http', '--depth', '1', '--format', 'json', `${copy}@${on}`);
    const { referrers }: { referrers?: { digest: string }[] } = JSON.parse(found.stdout);
    return (referrers ?? []).map((referrer) => referrer.digest);
  };
  expect((await hanging(digest)).filter((found) => [theirs, sbom].includes(found))).toEqual([theirs, sbom]);
  expect(await hanging(sbom)).toEqual([ofSbom]);
  expect(await hanging(child)).toContain(ofChild);
  await run('oras', 'pull', '--plain-http', `${copy}@${ofChild}`);

  const { attached } = JSON.parse(JSON.stringify(published.report.repositories[1]));
  expect(attached.left).toEqual([]);
  expect(attached.copied).toContain(`application/x.sbom ${ofSbom}`);
});
