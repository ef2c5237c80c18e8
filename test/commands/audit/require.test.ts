/** `audit --require`: absent, by somebody else, for another digest, or right, wherever a signature is kept. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { isDigest, type Digest } from '../../../src/domain/digest.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { parseRepository } from '../../../src/domain/reference.ts';
import type { Registry, SignedThing } from '../../../src/ports.ts';
import { daily } from '../../support/history.ts';
import { startListingRegistry, type ListingRegistry } from '../../support/listing-registry.ts';
import { runCli } from '../../support/run-cli.ts';
import {
  cosignPredicate,
  keyPair,
  payloadOf,
  signedBundle,
  signedEnvelope,
  signedPayload,
  statementOf,
  type Signing,
} from '../../support/sigstore.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let memory: MemoryRegistry;
let listing: ListingRegistry;
beforeAll(async () => {
  memory = await startMemoryRegistry();
  listing = await startListingRegistry(memory.host);
});
afterAll(async () => {
  await listing.close();
  await memory.close();
});

const own = keyPair();
const other: Signing = { key: keyPair().key };
const provenance = 'https://slsa.dev/provenance/v1';
const sbom = 'https://spdx.dev/Document';
let count = 0;

interface Scene {
  readonly digest: Digest;
  readonly registry: Registry;
  readonly name: string;
  /** Exit code, and what it says of `1-python3.10`. */
  readonly audit: (
    require: string,
    ...more: readonly string[]
  ) => Promise<{ code: number; text: string; json: AuditJson }>;
}

interface AuditJson {
  /** Left out of an error. */
  readonly findings?: readonly {
    readonly kind: string;
    readonly because: string;
    readonly choices: readonly unknown[];
  }[];
}

/** One cell a release, whose signatures count. */
const signedConfig = {
  pythons: ['3.10'],
  defaults: { python: '3.10' },
  dockerfile: 'Dockerfile',
  rules: { full: { template: '{{version}}-python{{python}}' }, sha: false, latest: false, minor: false },
  source: { file: 'releases.json' },
  signature: { key: 'cosign.pub' },
};

/** One image, published, with nothing on it. */
async function scene({ host }: { readonly host: string } = memory): Promise<Scene> {
  const path = `signed/app-${(count += 1)}`;
  const name = `${host}/${path}`;
  const config = { repository: name, ...signedConfig };
  const folder = await tempFolder({
    'releases.json': JSON.stringify(daily('1.0.0')),
    'matrix.config.json': JSON.stringify(config),
    'cosign.pub': own.pem,
  });
  const file = join(folder, 'matrix.config.json');
  const published = await runCli(['publish', '1.0.0', '--builder', 'stand-in', '--journal', folder, '--config', file]);
  const digest = memory.tags(path).get('1-python3.10');
  const parsed = parseRepository(name, 'test');
  if (published.code !== 0 || digest === undefined || !parsed.ok) throw new Error(published.stderr);
  return {
    digest,
    name,
    registry: createRegistries({ env: {}, insecureHosts: [] }).open(parsed.value),
    audit: async (require, ...more) => {
      const { code, stdout } = await runCli(['audit', '--require', require, '--json', '--config', file, ...more]);
      const json: AuditJson = JSON.parse(stdout);
      const said = json.findings?.map(({ kind, because }) => `${kind}: ${because}`) ?? [stdout];
      // Each tag of the image has the finding.
      return { code, text: [...new Set(said)].join('\n'), json };
    },
  };
}

async function blob(registry: Registry, bytes: Uint8Array): Promise<{ digest: Digest; size: number }> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (!isDigest(digest)) throw new Error('no digest');
  await registry.putBlob(bytes, digest);
  return { digest, size: bytes.byteLength };
}

const layerTypes: Readonly<Record<SignedThing['kind'], string>> = {
  payload: 'application/vnd.dev.cosign.simplesigning.v1+json',
  envelope: 'application/vnd.dsse.envelope.v1+json',
  bundle: 'application/vnd.dev.sigstore.bundle.v0.3+json',
};

/** Puts a signature where cosign puts it: under a tag made of the digest, or in the list of what refers to it. */
async function attach({ registry, name }: Scene, to: Digest, signed: SignedThing, more: object = {}): Promise<void> {
  const annotations = { ...('annotations' in signed ? signed.annotations : {}), ...more };
  const layer = { mediaType: layerTypes[signed.kind], ...(await blob(registry, signed.bytes)), annotations };
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    ...(await blob(registry, Buffer.from('{}'))),
  };
  const put = async (reference: string | null, content: object, mediaType: string): Promise<Digest> => {
    const bytes = Buffer.from(JSON.stringify(content));
    const { digest } = await blob(registry, bytes);
    return registry.putManifest(reference ?? digest, { mediaType, digest, sizeBytes: bytes.byteLength, bytes });
  };
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer] };
  const tag = to.replace(':', '-');
  if (signed.kind !== 'bundle')
    return void (await put(`${tag}.${signed.kind === 'payload' ? 'sig' : 'att'}`, manifest, mediaTypes.ociManifest));
  const digest = await put(null, { ...manifest, artifactType: layerTypes.bundle }, mediaTypes.ociManifest);
  const size = Buffer.byteLength(JSON.stringify({ ...manifest, artifactType: layerTypes.bundle }));
  const manifests = [{ mediaType: mediaTypes.ociManifest, digest, size, artifactType: layerTypes.bundle }];
  if (name.startsWith(listing.host)) for (const referrer of manifests) listing.list(to, referrer);
  else await put(tag, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }, mediaTypes.ociIndex);
}

interface Kept {
  readonly where: string;
  readonly sign: (digest: string, by: Signing) => SignedThing;
  /** The registry has the referrers API. */
  readonly isListed?: boolean;
}

const bundle: Kept['sign'] = (digest, by) => signedBundle(statementOf(digest, cosignPredicate), by);
const kept: readonly Kept[] = [
  { where: "cosign 2's tag", sign: (digest, by) => signedPayload(payloadOf(digest), by) },
  { where: "cosign 3's bundle, under a tag in place of a list", sign: bundle },
  { where: "cosign 3's bundle, in the list of the registry", sign: bundle, isListed: true },
];

test.each(kept)('a signature at $where', async ({ sign, isListed = false }) => {
  const at = await scene(isListed ? listing : memory);
  const absent = await at.audit('signature');
  expect(absent).toMatchObject({ code: 1, text: 'unattested: it has no signature' });
  const command = `cosign sign ${at.name}@${at.digest}`;
  expect(absent.json.findings?.[0]?.choices).toEqual([
    { do: 'run', command, because: 'if this is the image that should be signed' },
  ]);
  await attach(at, at.digest, sign(at.digest, other));
  expect(await at.audit('signature')).toMatchObject({
    code: 1,
    text: expect.stringMatching(
      /^misattested: the signature at sha256\S+ does not count: signature verification failed$/,
    ),
  });
  const stale = `sha256:${'ab'.repeat(32)}`;
  await attach(at, at.digest, sign(stale, { key: own.key }));
  expect(await at.audit('signature')).toMatchObject({
    code: 1,
    text: expect.stringMatching(
      new RegExp(`^misattested: the signature at \\S+ is for ${stale}, not for ${at.digest}$`),
    ),
  });
  await attach(at, at.digest, sign(at.digest, { key: own.key }));
  expect(await at.audit('signature')).toMatchObject({ code: 0, text: '' });
  expect(await at.audit('signature', '--content', 'all')).toMatchObject({ code: 0, text: '' });
});

test('attestations are told apart by what they say, and count if they are signed by whom the config names', async () => {
  const at = await scene();
  expect(await at.audit('provenance,sbom')).toMatchObject({
    code: 1,
    text: expect.stringContaining('it has no provenance; also unattested: it has no sbom'),
  });
  const named = (predicateType: string): object => ({ predicateType });
  await attach(at, at.digest, signedEnvelope(statementOf(at.digest, provenance), { key: own.key }), named(provenance));
  expect(await at.audit('provenance,sbom')).toMatchObject({ code: 1, text: 'unattested: it has no sbom' });
  await attach(at, at.digest, signedBundle(statementOf(at.digest, sbom), { key: own.key }));
  expect(await at.audit('provenance,sbom')).toMatchObject({ code: 0, text: '' });
  expect(await at.audit('signature')).toMatchObject({ code: 1, text: 'unattested: it has no signature' });
  await attach(at, at.digest, signedEnvelope(statementOf(at.digest, provenance), other), named(provenance));
  expect(await at.audit('provenance')).toMatchObject({
    code: 1,
    text: expect.stringMatching(/^misattested: the provenance .* does not count/),
  });
});

test('what it cannot ask for is said before anything is read', async () => {
  const at = await scene();
  expect(await at.audit('signatures')).toMatchObject({
    code: 2,
    text: expect.stringContaining('did you mean signature?'),
  });
  expect(await at.audit('signature', '--content', 'none')).toMatchObject({
    code: 2,
    text: expect.stringContaining('--require'),
  });
});

test('what one repository leaves to a person is left to one in the other too, with --require as without', async () => {
  const [a, b] = ['a', 'b'].map((name) => `${memory.host}/together/${name}`);
  const config = { repository: [a, b], ...signedConfig };
  const folder = await tempFolder({
    Dockerfile: 'FROM scratch\nARG PYTHON\n',
    'matrix.config.json': JSON.stringify(config),
    'cosign.pub': own.pem,
  });
  const know = (...versions: readonly string[]): Promise<void> =>
    writeFile(join(folder, 'releases.json'), JSON.stringify(daily(...versions)));
  const run = (...args: readonly string[]): ReturnType<typeof runCli> =>
    runCli([...args, '--config', join(folder, 'matrix.config.json')]);
  const publish = async (...args: readonly string[]): Promise<void> =>
    expect((await run('publish', ...args, '--builder', 'stand-in', '--journal', folder)).code).toBe(0);
  await know('1.0.0');
  await publish('1.0.0');
  await know('1.0.0', '1.1.0', '1.2.0');
  await publish('1.2.0', '--repository', a ?? '');
  // A tag of the first repository is on a release that no source knows any more.
  await know('1.0.0', '1.1.0');
  const found = async (...more: readonly string[]): Promise<unknown> => {
    const {
      repositories,
    }: { repositories: { findings: { kind: string; tag: string; fix: unknown; choices: unknown }[] }[] } = JSON.parse(
      (await run('audit', '--json', ...more)).stdout,
    );
    return repositories.map(({ findings }) =>
      findings.flatMap(({ kind, tag, fix, choices }) => (kind === 'unattested' ? [] : [{ kind, tag, fix, choices }])),
    );
  };
  const without = await found();
  expect(JSON.stringify(without).match(/--allow-backward/g)).toHaveLength(4);
  expect(await found('--require', 'signature')).toEqual(without);
});
