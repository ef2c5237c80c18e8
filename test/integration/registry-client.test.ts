import { execa } from 'execa';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { confirmTag, createHeadSnapshotSource } from '../../src/adapters/registry/head-snapshot.ts';
import { createRegistries, type RegistriesOptions } from '../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../src/adapters/registry/registry-client.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { pushImage, pushTags } from '../support/push-images.ts';
import { startRegistry, type RegistryOptions } from '../support/registry-process.ts';
import { blobOf, manifestOf, sampleImage, sampleKinds } from '../support/sample-images.ts';
import { openSecondClient } from '../support/second-client.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startTokenServer, type TokenServer, type TokenServerOptions } from '../support/token-server.ts';

const toStop: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of toStop.splice(0).toReversed()) await one.stop();
});

async function start(options: RegistryOptions = {}): Promise<string> {
  const registry = await startRegistry(options);
  toStop.push(registry);
  return registry.host;
}

async function startWithTokens(options: TokenServerOptions): Promise<{ host: string; tokens: TokenServer }> {
  const tokens = await startTokenServer(options);
  toStop.push(tokens);
  return { tokens, host: await start({ tokenAuth: tokens.registryAuth }) };
}

/** A folder as `docker login` leaves it; our client, skopeo and crane all read it. */
async function login(host: string, username: string, password: string): Promise<string> {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return tempFolder({ 'config.json': JSON.stringify({ auths: { [host]: { auth } } }) });
}

function open(host: string, folder: string | null, options: RegistriesOptions = {}): RegistryClient {
  const env = { DOCKER_CONFIG: folder ?? '/nowhere' };
  const registries = createRegistries({ env, limits: { backoffMs: 5 }, ...options });
  toStop.push({ stop: () => registries.close() });
  return registries.open({ registry: host, path: 'acme/app' });
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof OutsideError)) throw new Error('expected an OutsideError', { cause: error });
  return `${error.code} ${error.message}`;
}

const everything = ['pull', 'push', 'delete'] as const;
const modes: { name: string; begin: () => Promise<{ host: string; folder: string | null }> }[] = [
  { name: 'anonymous', begin: async () => ({ host: await start(), folder: null }) },
  {
    name: 'basic',
    begin: async () => {
      const host = await start({ htpasswd: { alice: 'wonder:land' } });
      return { host, folder: await login(host, 'alice', 'wonder:land') };
    },
  },
  {
    name: 'token',
    begin: async () => {
      const { host } = await startWithTokens({ users: { alice: { password: 'wonder:land', actions: everything } } });
      return { host, folder: await login(host, 'alice', 'wonder:land') };
    },
  },
];

describe.each(modes)('a real registry, $name', ({ name, begin }) => {
  test('every kind is pushed, read, moved byte for byte, and seen alike by three other clients', async () => {
    const { host, folder } = await begin();
    const client = open(host, folder);
    const images = await pushTags(client, sampleKinds.length);
    for (const [tag, { top }] of images) expect(await client.putManifest(`moved-${tag}`, top)).toBe(top.digest);
    const all = [...images].flatMap(([tag, image]) => [
      { tag, top: image.top },
      { tag: `moved-${tag}`, top: image.top },
    ]);

    const snapshot = await createHeadSnapshotSource(client).read(all.map(({ tag }) => tag));
    const second = openSecondClient(
      `${host}/acme/app`,
      folder === null ? {} : { username: 'alice', password: 'wonder:land' },
    );
    onTestFinished(() => second.close());
    const witness = witnesses(host, folder);
    for (const { tag, top } of all) {
      const { bytes, ...descriptor } = top;
      expect(snapshot.tags.get(tag)).toEqual({ kind: 'present', descriptor, hashed: false });
      expect(await confirmTag(client, tag)).toEqual({ kind: 'present', descriptor, hashed: true });
      const text = Buffer.from(bytes).toString();
      expect(Buffer.from((await client.manifest(top.digest))?.bytes ?? '').toString()).toBe(text);
      expect(await second.manifest(tag)).toEqual({ digest: top.digest, text });
      expect(await witness.skopeoRaw(tag)).toBe(text);
      expect(await witness.craneDigest(tag)).toBe(top.digest);
    }
    const tags = all.map(({ tag }) => tag).sort();
    expect((await client.tags())?.toSorted()).toEqual(tags);
    expect([...(await second.tags()).tags].sort()).toEqual(tags);
    expect(await witness.skopeoTags()).toEqual(tags);
    expect(await witness.craneTags()).toEqual(tags);

    expect(await client.head('none')).toBe(null);
    expect(await client.manifest(blobOf('none').digest)).toBe(null);
    expect(await client.blob(blobOf('none').digest)).toBe(null);
    const config = images.get('t0')?.blobs[0];
    expect(Buffer.from((await client.blob(config?.digest ?? blobOf('').digest)) ?? '')).toEqual(
      Buffer.from(config?.bytes ?? ''),
    );
    // Distribution 2.8 deletes by digest only.
    expect(await client.deleteTag('t0')).toBe(false);
    expect(await client.head('t0')).not.toBe(null);
  });

  test(`${name}: a repository that does not exist is null`, async () => {
    const { host, folder } = await begin();
    const client = open(host, folder);
    expect({
      tags: await client.tags(),
      head: await client.head('1.0'),
      manifest: await client.manifest('1.0'),
    }).toEqual({
      tags: null,
      head: null,
      manifest: null,
    });
  });
});

function witnesses(host: string, folder: string | null) {
  const repository = `${host}/acme/app`;
  const env = { DOCKER_CONFIG: folder ?? '/nowhere' };
  const authfile = folder === null ? [] : ['--authfile', join(folder, 'config.json')];
  const skopeo = async (...args: readonly string[]): Promise<string> =>
    (
      await execa('skopeo', [...args.slice(0, 1), '--tls-verify=false', ...authfile, ...args.slice(1)], {
        env,
        stripFinalNewline: false,
      })
    ).stdout;
  const crane = async (...args: readonly string[]): Promise<string> =>
    (await execa('crane', ['--insecure', ...args], { env })).stdout;
  return {
    skopeoRaw: (tag: string) => skopeo('inspect', '--raw', `docker://${repository}:${tag}`),
    skopeoTags: async (): Promise<unknown> => {
      const body: unknown = JSON.parse(await skopeo('list-tags', `docker://${repository}`));
      const tags: unknown = typeof body === 'object' && body !== null && 'Tags' in body ? body.Tags : null;
      return Array.isArray(tags) ? tags.map(String).sort() : tags;
    },
    craneDigest: (tag: string) => crane('digest', `${repository}:${tag}`),
    craneTags: async () => (await crane('ls', repository)).split('\n').sort(),
  };
}

describe('not allowed to look is never "not there"', () => {
  const image = sampleImage('oci-index', 'one');

  test('basic: no credentials, a wrong password', async () => {
    const host = await start({ htpasswd: { alice: 'wonderland' } });
    await pushImage(open(host, await login(host, 'alice', 'wonderland')), '1.0', image);
    for (const folder of [null, await login(host, 'alice', 'wrong')]) {
      const client = open(host, folder);
      expect([
        await messageOf(client.head('1.0')),
        await messageOf(client.manifest('1.0')),
        await messageOf(client.tags()),
        await messageOf(client.putManifest('1.0', image.top)),
      ]).toEqual([
        expect.stringMatching(/^REGISTRY_DENIED HEAD .*:1\.0: .*401.* Existence unknown; .*docker login /),
        expect.stringMatching(/^REGISTRY_DENIED GET .*:1\.0: .*401.* Existence unknown; .*docker login /),
        expect.stringMatching(/^REGISTRY_DENIED GET .* tags: .*401.* The tags are not known; .*docker login /),
        expect.stringMatching(/^REGISTRY_DENIED PUT .*:1\.0: .*401.* Nothing was changed; .*docker login /),
      ]);
    }
  });

  test('token: a stranger, a wrong password, and one who may not push', async () => {
    const { host } = await startWithTokens({
      users: {
        writer: { password: 'w', actions: everything },
        reader: { password: 'r', actions: ['pull'] },
      },
    });
    await pushImage(open(host, await login(host, 'writer', 'w')), '1.0', image);
    expect(await messageOf(open(host, null).head('1.0'))).toMatch(
      /^REGISTRY_DENIED HEAD .*:1\.0: .*401\. Existence unknown; log in with a token that may pull: docker login /,
    );
    expect(await messageOf(open(host, await login(host, 'writer', 'wrong')).head('1.0'))).toMatch(
      /: token service 127\.0\.0\.1:\d+: .*401.* Existence unknown; /,
    );
    const reader = open(host, await login(host, 'reader', 'r'));
    expect(await reader.head('1.0')).toMatchObject({ digest: image.top.digest });
    expect(await messageOf(reader.putManifest('2.0', image.top))).toMatch(
      /^REGISTRY_DENIED PUT .*\/acme\/app:2\.0: .*401.* Nothing was changed; /,
    );
    expect(await reader.head('2.0')).toBe(null);
  });

  test('tokens that expire in the middle of a run are replaced; nothing is absent, nothing is asked for twice at once', async () => {
    const { host, tokens } = await startWithTokens({
      users: { alice: { password: 'a', actions: everything } },
      lifetimeSeconds: 1,
      expiresIn: 300,
    });
    const client = open(host, await login(host, 'alice', 'a'));
    const images = await pushTags(client, 40);
    const before = tokens.requests.length;
    const endMs = Date.now() + 3500;
    let rounds = 0;
    while (Date.now() < endMs) {
      rounds += 1;
      const snapshot = await createHeadSnapshotSource(client).read([...images.keys()]);
      const digests = [...snapshot.tags].map(([tag, seen]) => [
        tag,
        seen.kind === 'present' ? seen.descriptor.digest : seen,
      ]);
      expect(digests).toEqual([...images].map(([tag, pushed]) => [tag, pushed.top.digest]));
    }
    expect(rounds).toBeGreaterThan(3);
    expect(tokens.requests.length - before).toBeGreaterThanOrEqual(2);
    expect(tokens.requests.length - before).toBeLessThanOrEqual(8);
  });

  test('a proxy that loses credentials now and then, and 401s that say nothing', async () => {
    const { host } = await startWithTokens({
      users: { alice: { password: 'a', actions: everything } },
      fields: ['access_token'],
    });
    const proxy = await startFaultProxy({ upstream: host, faults: { expired: 0.1 } });
    toStop.push({ stop: () => proxy.close() });
    const client = open(proxy.host, await login(proxy.host, 'alice', 'a'));
    const images = await pushTags(client, 60);
    const snapshot = await createHeadSnapshotSource(client).read([...images.keys()]);
    const wrong = [...snapshot.tags].filter(
      ([tag, seen]) => seen.kind !== 'present' || seen.descriptor.digest !== images.get(tag)?.top.digest,
    );
    expect(wrong.filter(([, seen]) => seen.kind !== 'unknown')).toEqual([]);
    expect(wrong.length).toBeLessThanOrEqual(3);
    expect(proxy.requests.filter(({ fault }) => fault === 'expired').length).toBeGreaterThan(5);
  });
});

describe('TLS', () => {
  test('a certificate that nobody vouches for is an error with the way out; vouched for, it is used on loopback too', async () => {
    const folder = await tempFolder();
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
    await execa('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
      cwd: folder,
    });
    const certificate = join(folder, 'cert.pem');
    const host = await start({ tls: { certificate, key: join(folder, 'key.pem') } });
    const at = `${host}/acme/app`;
    const client = open(host, null);
    const untrusted = `the certificate of ${host} is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)`;
    const fix = 'name its authority in NODE_EXTRA_CA_CERTS';
    expect([
      await messageOf(client.head('1.0')),
      await messageOf(client.tags()),
      await messageOf(client.putManifest('1.0', sampleImage('oci-manifest', 'one').top)),
    ]).toEqual([
      `REGISTRY_UNREACHABLE HEAD ${at}:1.0: ${untrusted}. Existence unknown; ${fix}`,
      `REGISTRY_UNREACHABLE GET ${at} tags: ${untrusted}. The tags are not known; ${fix}`,
      `REGISTRY_UNREACHABLE PUT ${at}:1.0: ${untrusted}. Nothing was changed; ${fix}`,
    ]);

    const source = new URL('../../src/adapters/registry/registries.ts', import.meta.url).pathname;
    const program = await tempFolder({
      'ask.ts': `import { createRegistries } from ${JSON.stringify(source)};
        const registries = createRegistries();
        const client = registries.open({ registry: ${JSON.stringify(host)}, path: 'acme/app' });
        process.stdout.write(JSON.stringify([await client.head('1.0'), await client.tags()]));
        await registries.close();`,
    });
    const jiti = new URL('../../node_modules/jiti/lib/jiti-register.mjs', import.meta.url).href;
    const env = { NODE_EXTRA_CA_CERTS: certificate };
    const ran = await execa(process.execPath, ['--import', jiti, join(program, 'ask.ts')], { env });
    expect(ran.stdout).toBe('[null,null]');
  });
});

describe('what a registry refuses', () => {
  test('a read-only registry takes no manifest and no blob', async () => {
    const host = await start({ readOnly: true });
    const client = open(host, null);
    const image = sampleImage('oci-manifest', 'one');
    expect(await messageOf(client.putManifest('1.0', image.top))).toBe(
      `REGISTRY_REFUSED PUT ${host}/acme/app:1.0: 405. Nothing was changed; it may be read-only, as under maintenance`,
    );
    const { bytes, digest } = blobOf('x');
    expect(await messageOf(client.putBlob(bytes, digest))).toBe(
      `REGISTRY_REFUSED POST ${host}/acme/app@${digest}: 405. It was not taken; it may be read-only, as under maintenance`,
    );
  });

  test('an index with a missing child, and one under the wrong type', async () => {
    const host = await start();
    const client = open(host, null);
    const image = sampleImage('oci-index', 'one');
    expect(await messageOf(client.putManifest('1.0', image.top))).toMatch(
      /^REGISTRY_REFUSED PUT .*: 400 MANIFEST_BLOB_UNKNOWN ".*"\. Nothing was changed$/,
    );
    await pushImage(client, '1.0', image);
    const mistyped = { ...image.top, mediaType: mediaTypes.ociManifest };
    expect(await messageOf(client.putManifest('2.0', mistyped))).toMatch(
      /^REGISTRY_REFUSED PUT .*: 400 MANIFEST_INVALID ".*"\. Nothing was changed$/,
    );
    expect(await client.tags()).toEqual(['1.0']);
  });

  test('an OCI index without a mediaType is as good as any', async () => {
    const client = open(await start(), null);
    const image = sampleImage('oci-manifest', 'bare');
    await pushImage(client, '1.0', image);
    const { mediaType, digest, sizeBytes } = image.top;
    const bare = manifestOf(mediaTypes.ociIndex, {
      schemaVersion: 2,
      manifests: [{ mediaType, digest, size: sizeBytes }],
    });
    await client.putManifest('bare', bare);
    expect(await confirmTag(client, 'bare')).toMatchObject({
      descriptor: { digest: bare.digest, mediaType: mediaTypes.ociIndex },
    });
  });
});
