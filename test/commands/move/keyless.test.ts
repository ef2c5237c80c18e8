/** Statements signed without a key by runs that move tags: what fails before the first move, what after it, who counts. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createHttp } from '../../../src/adapters/http/http.ts';
import { createMemoryJournals } from '../../../src/adapters/journal/memory-journals.ts';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createKeylessSigner } from '../../../src/adapters/sigstore/keyless-signer.ts';
import { applyCommand } from '../../../src/commands/apply.ts';
import type { PublishOptions } from '../../../src/commands/publish/index.ts';
import type { World } from '../../../src/commands/world.ts';
import { yankCommand } from '../../../src/commands/yank.ts';
import { isDigest } from '../../../src/domain/digest.ts';
import { InputError, OutsideError } from '../../../src/domain/errors.ts';
import { parseReferrers, referrersTag } from '../../../src/domain/referrers.ts';
import { daily } from '../../support/history.ts';
import { keyPair } from '../../support/sigstore.ts';
import {
  githubIssuer,
  sigstoreServices,
  workflow,
  type Fault,
  type Service,
  type SigstoreServices,
} from '../../support/sigstore-services.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { fourCells, publish, publishOptions, publishWorld, type Published } from '../../support/publish-world.ts';

let registry: MemoryRegistry;
let services: SigstoreServices;
let count = 0;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());
beforeEach(async () => {
  services = await sigstoreServices();
});
afterEach(() => services.close());

const facts = daily('1.0.0', '1.0.1', '1.0.2');
const oneCell = { ...fourCells, pythons: ['3.10'], flavors: { standard: { dockerfile: 'Dockerfile' } } };

interface Scene {
  readonly folder: string;
  readonly file: string;
  readonly repository: string;
  readonly path: string;
  readonly world: World & { readonly said: string[] };
  /** As the flags give them. */
  readonly keyless: Required<Pick<PublishOptions, 'keyless' | 'identity'>>;
  readonly publish: (version: string, more?: Partial<PublishOptions>, world?: Partial<World>) => Promise<Published>;
  readonly tags: () => ReadonlyMap<string, string>;
  readonly signatures: () => Promise<number>;
}

async function scene(env: Readonly<Record<string, string>> = services.githubEnv): Promise<Scene> {
  const path = `keyless/app-${(count += 1)}`;
  const repository = `${registry.host}/${path}`;
  const folder = await tempFolder({ 'trusted_root.json': services.trustedRoot });
  const journals = createMemoryJournals();
  const world = { ...publishWorld({ config: oneCell, facts, env }), journals: () => journals };
  const file = join(folder, registry.host.replace(':', '_'), path, 'evidence.jsonl');
  const identity = { identities: [workflow], issuer: githubIssuer, trustRoot: join(folder, 'trusted_root.json') };
  const keyless = { keyless: { fulcio: services.url, rekor: services.url }, identity };
  return {
    folder,
    file,
    repository,
    path,
    world,
    keyless,
    publish: (version, more = keyless, changes = {}) =>
      publish(publishOptions(version, repository, folder, { at: version, ...more }), { ...world, ...changes }),
    tags: () => new Map(registry.tags(path)),
    signatures: async () => (await readFile(file, 'utf8')).split('"signatures":[{"keyid"').length - 1,
  };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof InputError || error instanceof OutsideError) return error.message;
  throw new Error(`it was not refused: ${String(error)}`);
}

async function key(): Promise<{ readonly signKey: string; readonly pub: string }> {
  const pair = keyPair();
  const pem = pair.key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const folder = await tempFolder({ 'evidence.key': pem, 'evidence.pub': pair.pem });
  await chmod(join(folder, 'evidence.key'), 0o600);
  return { signKey: join(folder, 'evidence.key'), pub: join(folder, 'evidence.pub') };
}

const asked = (name: string): number => services.asked.get(name) ?? 0;

/** What hangs on an image; this registry keeps no lists of referrers. */
async function attached({ world, path }: Scene, image: string): Promise<number> {
  if (!isDigest(image)) throw new Error(`no digest: ${image}`);
  const opened = await world.registries([]);
  const reader = opened.open({ registry: registry.host, path });
  const list = await reader.manifest(referrersTag(image));
  await opened.close();
  return (parseReferrers(list?.bytes ?? new Uint8Array()) ?? []).length;
}

/** A world in which every build takes an hour: by the clock of the run and by those of the services. */
async function longBuild(
  one: Scene,
  env: Readonly<Record<string, string>> = services.githubEnv,
  during: () => void = () => undefined,
): Promise<Partial<World>> {
  const http = createHttp();
  onTestFinished(() => http.close());
  let late = 0;
  const root = await readFile(join(one.folder, 'trusted_root.json'), 'utf8');
  return {
    keylessSigner: (servers, { identities, issuer, trustRoot: file }) => {
      const rule = { kind: 'identity', issuer, identities, root, file } as const;
      const clock = { nowMs: () => Date.now() + late };
      return Promise.resolve(createKeylessSigner({ servers, rule, env, http, clock, backoffMs: 1 }));
    },
    builder: (...how) => {
      const builder = one.world.builder(...how);
      const build: typeof builder.build = async (...given) => {
        const built = await builder.build(...given);
        late += 3_600_000;
        services.turnClock(3_600_000);
        during();
        return built;
      };
      return { ...builder, build };
    },
  };
}

describe('a publish with --sign-keyless', () => {
  test('signs in the file and on the images, goes on with the file, and keeps no secret', async () => {
    const one = await scene();
    expect((await one.publish('1.0.0')).result).toBe('as-planned');
    expect((await one.publish('1.0.1')).result).toBe('as-planned');
    expect(await one.signatures()).toBe(2);
    expect(await attached(one, one.tags().get('1-latest') ?? '')).toBe(1);
    const kept = [await readFile(one.file, 'utf8'), ...one.world.said].join('\n');
    for (const secret of services.secrets) expect(kept).not.toContain(secret);
    expect(one.world.said.at(-1)).toMatch(/statement 2 of its moves is in .*, signed, and attached to 1 image$/);
  });

  test('with nothing left to move asks for no token and no certificate, also if no service answers', async () => {
    const one = await scene();
    expect((await one.publish('1.0.0')).result).toBe('as-planned');
    const before = [...services.asked];
    services.fail('token', 403);
    expect((await one.publish('1.0.0')).result).toBe('as-planned');
    services.fail('token', null);
    expect([...services.asked]).toEqual(before);
    expect(await one.signatures()).toBe(1);
  });

  test('as a dry run asks for no token and no certificate', async () => {
    const one = await scene();
    await one.publish('1.0.0', { ...one.keyless, dryRun: true });
    expect([...services.asked.keys()]).toEqual([]);
  });

  test.each<readonly [Service, Fault]>([
    ['token', 403],
    ['fulcio', 'down'],
    ['fulcio', 500],
    ['fulcio', 'other key'],
    ['fulcio', 'other authority'],
    ['rekor key', 'down'],
    ['rekor key', 500],
  ])('moves nothing if %s is %s', async (service, fault) => {
    const one = await scene();
    services.fail(service, fault);
    expect(await refusal(one.publish('1.0.0'))).toMatch(
      /^the (?:identity token|certificate authority|transparency log)/,
    );
    expect(one.tags().size).toBe(0);
    services.fail(service, null);
    expect((await one.publish('1.0.0')).result).toBe('as-planned');
  });

  test('moves nothing in a job that may not ask for a token, or as somebody who does not count', async () => {
    const without = await scene({ GITHUB_ACTIONS: 'true' });
    expect(await refusal(without.publish('1.0.0'))).toContain('give it permissions: id-token: write');
    const one = await scene();
    const identity = {
      ...one.keyless.identity!,
      identities: ['https://github.com/acme/app/.github/workflows/x.yml@*'],
    };
    expect(await refusal(one.publish('1.0.0', { ...one.keyless, identity }))).toContain('it is by https://github.com/');
    expect([without.tags().size, one.tags().size]).toEqual([0, 0]);
  });

  test('that builds for an hour asks again before its first move', async () => {
    const one = await scene();
    expect((await one.publish('1.0.0', one.keyless, await longBuild(one))).result).toBe('as-planned');
    expect(asked('POST /api/v2/signingCert')).toBe(2);
  });

  const expired = /^CREDENTIALS_FAILED {2}SIGSTORE_ID_TOKEN has expired; run the job again, and give it a token that/;
  test.each([
    ['the authority fails', () => services.githubEnv, /^SIGNING_FAILED {2}the certificate authority .*500 /],
    ['its token has expired by then', () => ({ SIGSTORE_ID_TOKEN: services.token() }), expired],
  ])('that builds for an hour moves nothing if %s, and the next run need not build', async (_name, env, lag) => {
    const one = await scene();
    const long = await longBuild(one, env(), () => services.fail('fulcio', 500));
    const failed = await one.publish('1.0.0', one.keyless, long);
    expect([failed.result, failed.report.repositories[0]?.lags]).toEqual([
      'outside-failed',
      [expect.stringMatching(lag), 'MOVE_WAITING  3 convenience tags were not moved'],
    ]);
    expect([...one.tags().keys()].filter((tag) => !/^(?:1\.0\.0|sha)-/.test(tag))).toEqual([]);
    services.fail('fulcio', null);
    services.turnClock(-3_600_000);
    const builder = (): never => {
      throw new Error('it was built again');
    };
    expect((await one.publish('1.0.0', one.keyless, { builder })).result).toBe('as-planned');
    expect(await one.signatures()).toBe(1);
  });

  test.each<Fault>([500, 'down', 'other body', 'no proof'])(
    'whose statement the log does not take (%s) fails after its moves, and the next run signs and writes it',
    async (fault) => {
      const one = await scene();
      services.fail('rekor', fault);
      const failed = await one.publish('1.0.0');
      const [lag = ''] = failed.report.repositories[0]?.lags ?? [];
      expect([failed.result, lag]).toEqual([
        'outside-failed',
        expect.stringMatching(
          /^SIGNING_FAILED {2}the tags moved, and their statement cannot be signed: the transparency /,
        ),
      ]);
      expect(lag).toContain('run the same command again, and it signs and writes the statement');
      expect(one.tags().has('1-latest')).toBe(true);
      await expect(readFile(one.file)).rejects.toThrow('ENOENT');
      services.fail('rekor', null);
      expect((await one.publish('1.0.0')).result).toBe('as-planned');
      expect([await one.signatures(), await attached(one, one.tags().get('1-latest') ?? '')]).toEqual([1, 1]);
      const predicate = JSON.parse(await readFile(one.file, 'utf8')).statement.predicate;
      expect([predicate.sequence, predicate.moves.map(({ tag }: { tag: string }) => tag)]).toEqual([
        1,
        expect.arrayContaining(['1-latest']),
      ]);
    },
  );

  test('whose statement could not be attached attaches it in the next run: the same one, with no new entry', async () => {
    const one = await scene();
    const referrers = (): Promise<never> => Promise.reject(new OutsideError('REGISTRY_UNREACHABLE', 'gone'));
    const refusing: Partial<World> = {
      registries: async (insecure) => {
        const registries = await one.world.registries(insecure);
        return { ...registries, open: (at) => ({ ...registries.open(at), referrers }) };
      },
    };
    expect((await one.publish('1.0.0', one.keyless, refusing)).result).toBe('outside-failed');
    expect((await one.publish('1.0.0')).result).toBe('as-planned');
    expect(await attached(one, one.tags().get('1-latest') ?? '')).toBe(1);
    expect([await one.signatures(), asked('POST /api/v1/log/entries')]).toEqual([1, 1]);
  });
});

test('an apply with nothing to move signs the statement that an earlier one could not', async () => {
  const one = await scene();
  await one.publish('1.0.0');
  await one.publish('1.0.1');
  const opened = await one.world.registries([]);
  const at = opened.open({ registry: registry.host, path: one.path });
  await at.putManifest('1-latest', (await at.manifest('1.0.0-python3.10'))!);
  await opened.close();
  const options = {
    ...publishOptions('', one.repository, one.folder),
    ...one.keyless,
    yes: true,
    plan: null,
    at: '1.0.1',
  };
  services.fail('rekor', 500);
  const failed = await applyCommand(options, one.world);
  expect([failed.result, failed.stdout]).toEqual(['outside-failed', expect.stringContaining('SIGNING_FAILED')]);
  services.fail('rekor', null);
  // Others may wait for the file, so its certificate is there before the file is held.
  const evidence: World['evidence'] = (at) => {
    const store = one.world.evidence(at);
    const append: typeof store.append = (...given) => {
      services.fail('fulcio', 'down');
      return store.append(...given);
    };
    return { ...store, append };
  };
  expect((await applyCommand(options, { ...one.world, evidence })).result).toBe('as-planned');
  expect(await one.signatures()).toBe(3);
});

describe('a run that has to be confirmed', () => {
  async function asking(answer: string | null): Promise<{
    readonly one: Scene;
    readonly common: ReturnType<typeof publishOptions> & Scene['keyless'];
    readonly world: World;
    readonly tokens: number;
  }> {
    const one = await scene();
    for (const version of ['1.0.1', '1.0.2']) await one.publish(version);
    const common = { ...publishOptions('', one.repository, one.folder), ...one.keyless };
    const world = { ...one.world, ask: () => Promise.resolve(answer) };
    return { one, common, world, tokens: asked('GET /token') };
  }

  test('asks for no token before it is, and for one before its first move', async () => {
    const { one, common, world, tokens } = await asking('n');
    const before = one.tags();
    const apply = { ...common, plan: null, at: '1.0.1', allowBackward: true };
    expect((await applyCommand(apply, world)).result).toBe('findings');
    expect([asked('GET /token') - tokens, one.tags()]).toEqual([0, before]);
    services.fail('fulcio', 403);
    const agreed = { ...world, ask: () => Promise.resolve('y') };
    expect(await refusal(applyCommand(apply, agreed))).toMatch(/^the certificate authority /);
    expect(one.tags()).toEqual(before);
    services.fail('fulcio', null);
    expect((await applyCommand(apply, agreed)).result).toBe('as-planned');
    expect(one.tags()).not.toEqual(before);
  });

  test('as a yank writes no config without a certificate, and asks for none if a person has to write it', async () => {
    const { one, common, world, tokens } = await asking('n');
    const before = one.tags();
    const wanted = { kind: 'yank', version: '1.0.2', reason: 'it loses state' } as const;
    const yank = { ...common, wanted, yes: true, revision: null };
    // TypeScript is not edited.
    expect((await yankCommand(yank, world)).result).toBe('findings');
    const write = vi.fn(() => Promise.resolve());
    const files: World['files'] = (root) => {
      const real = one.world.files(root);
      const read: typeof real.read = (file) =>
        file.startsWith('matrix.config') ? Promise.resolve(JSON.stringify(oneCell)) : real.read(file);
      return { ...real, read, write };
    };
    const loadConfig: World['loadConfig'] = async (...given) => {
      return { ...(await one.world.loadConfig(...given)), file: 'matrix.config.json' };
    };
    const written = { ...world, files, loadConfig };
    expect((await yankCommand({ ...yank, yes: false }, written)).result).toBe('findings');
    expect(asked('GET /token') - tokens).toBe(0);
    services.fail('fulcio', 403);
    expect(await refusal(yankCommand(yank, written))).toMatch(/^the certificate authority /);
    expect([one.tags(), write.mock.calls]).toEqual([before, []]);
    services.fail('fulcio', null);
    expect((await yankCommand(yank, written)).result).toBe('as-planned');
    expect(write).toHaveBeenCalledOnce();
  });
});

describe('who may add to a file', () => {
  async function refusedRun(one: Scene, more: Partial<PublishOptions>): Promise<string> {
    const before = one.tags();
    const said = await refusal(one.publish('1.0.1', more));
    expect(one.tags()).toEqual(before);
    return said;
  }

  test('signed without a key: not a run that signs nothing, and not one with a key', async () => {
    const [one, { signKey, pub }] = [await scene(), await key()];
    await one.publish('1.0.0');
    expect(await refusedRun(one, {})).toContain(
      'its statements are signed, from statement 1 on, without a key, and this run signs nothing. Nothing was moved; sign with --sign-keyless',
    );
    expect(await refusedRun(one, { signKey })).toContain(
      'statement 1 in it is signed without a key, and does not count for this run: it is signed without a key, and a key counts. Nothing was moved; name whoever signed it with --evidence-identity',
    );
    // A key takes its place, in each run from then on.
    const { identity } = one.keyless;
    expect((await one.publish('1.0.1', { signKey, identity })).result).toBe('as-planned');
    expect((await one.publish('1.0.2', { signKey, identity })).result).toBe('as-planned');
    expect(await refusedRun(one, one.keyless)).toContain('statement 2 in it is signed with a key, and this run signs');
    expect(await refusedRun(one, one.keyless)).toContain('name the public key with --earlier-key');
    expect((await one.publish('1.0.2', { ...one.keyless, earlierKeys: [pub] })).result).toBe('as-planned');
  });

  test('signed with a key: the next run without one names it', async () => {
    const [one, { signKey, pub }] = [await scene(), await key()];
    await one.publish('1.0.0', { signKey });
    expect(await refusedRun(one, one.keyless)).toContain('statement 1 in it is signed with a key, and this run signs');
    const taking = { ...one.keyless, earlierKeys: [pub] };
    expect((await one.publish('1.0.1', taking)).result).toBe('as-planned');
    expect((await one.publish('1.0.2', taking)).result).toBe('as-planned');
    expect(await one.signatures()).toBe(3);
  });

  test('signed by another identity: only a run that names it too', async () => {
    const one = await scene();
    const repair = 'https://github.com/acme/app/.github/workflows/repair.yml@refs/heads/main';
    await one.publish('1.0.0');
    const env = { SIGSTORE_ID_TOKEN: services.token({ job_workflow_ref: repair.replace('https://github.com/', '') }) };
    const other = publishWorld({ config: oneCell, facts, env });
    const by = (identities: readonly string[]): Partial<PublishOptions> => {
      return { ...one.keyless, identity: { ...one.keyless.identity!, identities } };
    };
    const keylessSigner: World['keylessSigner'] = (...asked) => other.keylessSigner(...asked);
    const before = one.tags();
    const said = await refusal(one.publish('1.0.1', by([repair]), { keylessSigner }));
    expect(said).toContain(
      `statement 1 in it does not count: it is by ${workflow}, not by ${repair}. Nothing was moved`,
    );
    expect(said).toContain('name it as well with --evidence-identity');
    expect(one.tags()).toEqual(before);
    expect((await one.publish('1.0.1', by([repair, workflow]), { keylessSigner })).result).toBe('as-planned');
  });

  test('whose entry in the log was taken out, or whose signatures the registry knows better: nobody', async () => {
    const one = await scene();
    await one.publish('1.0.0');
    const text = await readFile(one.file, 'utf8');
    await writeFile(one.file, text.replace(/"tlogEntries":\[.*?\]\}\}\]/, '"tlogEntries":[]}}]'));
    expect(await readFile(one.file, 'utf8')).not.toBe(text);
    expect(await refusedRun(one, one.keyless)).toContain(
      'statement 1 in it does not count: its entry in the transparency log is missing or wrong',
    );
    await writeFile(one.file, text.replace(/,"signatures":\[\{"keyid".*$/m, '}'));
    expect(await refusedRun(one, one.keyless)).toMatch(
      /a signed statement that counts for this run is attached to sha256:.*, and no statement in the file is signed/,
    );
    await writeFile(one.file, text);
    expect((await one.publish('1.0.1')).result).toBe('as-planned');
  });
});
