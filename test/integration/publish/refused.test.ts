/**
 * What a publish, apply or rollback refuses, each on a real registry: one error that says what, where and what to do,
 * exit 2 or 3, and every tag where it was.
 */
import { execa } from 'execa';
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { publishCommand } from '../../../src/commands/publish/index.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { exitCodeOf, failureOf } from '../../../src/entry/exit.ts';
import { cliProject, startCli, type CliProject } from '../../support/cli-process.ts';
import { daily } from '../../support/history.ts';
import { listenOnLoopback } from '../../support/loopback.ts';
import { childrenOf, conveniences, put, type Place } from '../../support/publish-place.ts';
import { fourCells, publish, publishOptions, publishWorld } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { startRegistry, type RegistryOptions, type RegistryProcess } from '../../support/registry-process.ts';
import { runCli } from '../../support/run-cli.ts';
import { blobOf, manifestOf } from '../../support/sample-images.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTokenServer } from '../../support/token-server.ts';

/** One cell a release, on two platforms: what is refused is not a matter of number. */
const config = { ...fourCells, pythons: ['3.9'], flavors: { standard: { dockerfile: 'Dockerfile' } } };

let plain: RegistryProcess;
const toStop: (() => Promise<void>)[] = [];
beforeAll(async () => {
  plain = await startRegistry();
  const [at, journal] = [`${plain.host}/base`, join(plain.storage, 'journals')];
  await publish(publishOptions('1.0.0', at, journal), publishWorld({ config, facts: daily('1.0.0') }));
});
afterAll(() => plain.stop());
afterEach(async () => {
  for (const stop of toStop.splice(0).toReversed()) await stop();
});

interface Scene {
  readonly project: CliProject;
  /** The same repository behind each: 1.0.0 is published. */
  readonly path: string;
  readonly at: (host: string) => string;
}

interface Ended {
  readonly code: number | null;
  /** stdout and stderr. */
  readonly text: string;
}

interface Row {
  readonly name: string;
  readonly code: 2 | 3;
  readonly says: readonly (string | RegExp)[];
  /** Pinned tags of the new release may be there afterwards; convenience tags may not have moved. */
  readonly mayPush?: true;
  /** Prepares, and gives back what is to be refused. */
  readonly begin: (scene: Scene) => Promise<() => Promise<Ended>>;
}

/** Another registry process on the same content, with guards. */
async function guarded(options: RegistryOptions): Promise<string> {
  const registry = await startRegistry({ ...options, storage: plain.storage });
  toStop.push(() => registry.stop({ keepStorage: true }));
  return registry.host;
}

async function cli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { code, stdout, stderr } = await runCli(args, { DOCKER_CONFIG: '/nowhere', ...env });
  return { code, text: stdout + stderr };
}

const publishing = ({ project }: Scene, repository: string): string[] =>
  ['publish', '1.0.1', ...project.flags].concat('--repository', repository, '--builder', 'stand-in');

async function loginFolder(host: string, password: string): Promise<string> {
  const auth = Buffer.from(`alice:${password}`).toString('base64');
  return tempFolder({ 'config.json': JSON.stringify({ auths: { [host]: { auth } } }) });
}

/** By the CLI's own rules, with tries that do not take a minute. */
async function quickly(scene: Scene, repository: string): Promise<Ended> {
  const { folder } = scene.project;
  const options = publishOptions('1.0.1', repository, join(folder, 'journal'), { json: false });
  const limits = { tries: 2, backoffMs: 1 };
  try {
    const outcome = await publishCommand(options, publishWorld({ config, registries: { limits } }));
    return { code: exitCodeOf(outcome), text: outcome.stdout };
  } catch (error) {
    const { code, text } = failureOf(error, false);
    return { code, text };
  }
}

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A registry before the registry, that answers some requests itself. */
async function before(answer: Answer): Promise<string> {
  const [hostname, port] = plain.host.split(':');
  const server = createServer((request, response) => {
    if (answer(request, response)) {
      request.resume();
      return;
    }
    const { method, url: path, headers } = request;
    const onward = httpRequest({ hostname, port, method, path, headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 0, answered.headers);
      answered.pipe(response);
    });
    request.pipe(onward.on('error', () => response.destroy()));
  });
  const listening = await listenOnLoopback(server);
  toStop.push(() => listening.close());
  return new URL(listening.url).host;
}

const full = '1.0.1-python3.9';

/** The full tag of one cell answers with these bytes. */
function answers(body: string, headers: Readonly<Record<string, string>>): Answer {
  return ({ url = '', method }, response) => {
    if (!url.endsWith(`/manifests/${full}`) && !url.includes(headers['docker-content-digest'] ?? 'no')) return false;
    response.writeHead(200, { 'content-length': Buffer.byteLength(body), ...headers });
    response.end(method === 'HEAD' ? undefined : body);
    return true;
  };
}

function lying(name: string, body: string, headers: Readonly<Record<string, string>>, says: string | RegExp): Row {
  return {
    name: `a manifest: ${name}`,
    code: 3,
    says: [/TAG_UNKNOWN|REGISTRY_ANSWER/, says],
    begin: async (scene) => {
      const host = await before(answers(body, headers));
      return () => quickly(scene, scene.at(host));
    },
  };
}

/** As ECR and Harbor answer a PUT of a tag that is there. */
function immutable(name: string, status: number, code: string, message: string): Row {
  return {
    name: `tags that are immutable, as in ${name}`,
    code: 3,
    mayPush: true,
    says: ['MOVE_FAILED', `${status} ${code}`, "exempt convenience tags from the registry's immutability rule"],
    begin: async (scene) => {
      const host = await before(({ method, url = '' }, response) => {
        const tag = /\/manifests\/(?<tag>1(?:\.0)?-(?:python|latest).*)$/.exec(url)?.groups?.['tag'];
        if (method !== 'PUT' || tag === undefined) return false;
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ errors: [{ code, message: message.replace('TAG', tag) }] }));
        return true;
      });
      return () => quickly(scene, scene.at(host));
    },
  };
}

/** One convenience tag put back by hand, and the plan that fixes it, changed. */
function planFile(name: string, change: (text: string) => string, says: readonly (string | RegExp)[]): Row {
  return {
    name: `a plan file ${name}`,
    code: 2,
    says,
    begin: async ({ project, path, at }) => {
      const repository = at(plain.host);
      await cli(publishing({ project, path, at }, repository));
      const tags = await readTags(plain.host, path);
      await put(placeOf(path), '1-latest', tags['1.0.0-python3.9']!);
      const file = join(project.folder, 'plan.json');
      const flags = [...project.flags.slice(0, 4), '--repository', repository];
      await cli(['audit', ...flags, '--plan-out', file]);
      const text = await readFile(file, 'utf8');
      const changed = change(text);
      expect(changed).not.toBe(text);
      await writeFile(file, changed);
      return () => cli(['apply', file, ...project.flags, '--repository', repository]);
    },
  };
}

function placeOf(path: string): Pick<Place, 'host' | 'path'> & Place {
  const repository = `${plain.host}/${path}`;
  return { host: plain.host, path, repository, journal: '', tags: () => readTags(plain.host, path), publish: never };
}
const never = (): never => {
  throw new Error('nothing is published here');
};

/** An unfinished journal of 1.0.1, one cell of which failed. */
async function unfinished({ project, at }: Scene): Promise<string> {
  const standIn = { failing: new Set(['1-0-1_python-3-9_flavor-standard']) };
  const journal = join(project.folder, 'journal');
  await publish(publishOptions('1.0.1', at(plain.host), journal), publishWorld({ config, standIn }));
  const [file] = (await readdir(journal, { recursive: true })).filter((name) => name.includes('/1.0.1/'));
  return join(journal, file ?? '');
}

const index = manifestOf(mediaTypes.ociIndex, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] });
const indexText = Buffer.from(index.bytes).toString();
const strange = manifestOf(mediaTypes.ociIndex, {
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests: [{ mediaType: 'text/x-strange', digest: blobOf('x').digest, size: 1 }],
});
const named = (digest: string, type: string): Record<string, string> => ({
  'content-type': type,
  'docker-content-digest': digest,
});

/** The loader of TypeScript keeps what it compiled, and has no room for it here. */
const noCache = { JITI_FS_CACHE: 'false' };

const rows: readonly Row[] = [
  {
    name: 'a registry that is read-only',
    code: 3,
    says: ['BUILD_FAILED', '405', 'INCOMPLETE', 'it may be read-only, as under maintenance'],
    begin: async (scene) => {
      const host = await guarded({ readOnly: true });
      return () => cli(publishing(scene, scene.at(host)));
    },
  },
  {
    name: 'a wrong password',
    code: 3,
    says: ['REGISTRY_DENIED', '401', 'log in with a token that may pull'],
    begin: async (scene) => {
      const host = await guarded({ htpasswd: { alice: 'right' } });
      const DOCKER_CONFIG = await loginFolder(host, 'wrong');
      return () => cli(publishing(scene, scene.at(host)), { DOCKER_CONFIG });
    },
  },
  {
    name: 'a token without the scope to push',
    code: 3,
    says: ['BUILD_FAILED', '401', 'log in with a token that may push'],
    begin: async (scene) => {
      const tokens = await startTokenServer({ users: { alice: { password: 'a', actions: ['pull'] } } });
      toStop.push(() => tokens.stop());
      const host = await guarded({ tokenAuth: tokens.registryAuth });
      const DOCKER_CONFIG = await loginFolder(host, 'a');
      return () => cli(publishing(scene, scene.at(host)), { DOCKER_CONFIG });
    },
  },
  {
    name: 'a certificate that nobody vouches for',
    code: 3,
    says: ['REGISTRY_UNREACHABLE', 'is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)', 'NODE_EXTRA_CA_CERTS'],
    begin: async (scene) => {
      const folder = await tempFolder();
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
      const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
      const key = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
      await execa('openssl', [...key, ...subject, ...files], { cwd: folder });
      const host = await guarded({ tls: { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') } });
      return () => cli(publishing(scene, scene.at(host)));
    },
  },
  {
    name: 'a full disk under the journal',
    code: 3,
    mayPush: true,
    says: ['FILE_FAILED', 'cannot be written: EFBIG', 'Nothing is done that is not recorded first'],
    begin: (scene) =>
      Promise.resolve(async () => {
        const nearlyFull = "trap '' XFSZ; ulimit -f 1";
        const { code, stdout, stderr } = await startCli(publishing(scene, scene.at(plain.host)), noCache, nearlyFull)
          .ended;
        return { code, text: stdout + stderr };
      }),
  },
  {
    name: 'the journal of another repository',
    code: 2,
    says: ['JOURNAL_FOREIGN', 'is the journal of', 'give the config of that image, or --repository'],
    begin: async (scene) => {
      const file = await unfinished(scene);
      const other = ['--repository', `${plain.host}/somebody/else`];
      return () => cli(['rollback', file, ...scene.project.flags, ...other]);
    },
  },
  {
    name: 'a journal that was altered',
    code: 2,
    says: ['JOURNAL_INVALID', /\.jsonl:2: was modified: checksum mismatch/, 'move the file away'],
    begin: async (scene) => {
      const file = await unfinished(scene);
      await writeFile(file, (await readFile(file, 'utf8')).replace('"push"', '"pull"'));
      return () => cli(publishing(scene, scene.at(plain.host)));
    },
  },
  planFile('of an older schema', (text) => text.replace('"schema": 1', '"schema": 0'), [
    'PLAN_FILE_INVALID',
    'plan.json',
  ]),
  planFile('of a newer schema', (text) => text.replace('"schema": 1', '"schema": 2'), [
    'PLAN_FILE_INVALID',
    'plan.json',
  ]),
  planFile(
    'that was edited by hand: another digest',
    (text) =>
      text.replaceAll(
        /(?<="to": \{[^}]*"digest": "sha256:)[0-9a-f]{64}|(?<=\n {8}"digest": "sha256:)[0-9a-f]{64}/g,
        'a'.repeat(64),
      ),
    ['PLAN_FILE_STALE', '1-latest', 'make the plan anew'],
  ),
  planFile('that was edited by hand: another tag', (text) => text.replaceAll('"1-latest"', '"1-newest"'), [
    'PLAN_FILE_STALE',
    '1-newest',
    'make the plan anew',
  ]),
  planFile('that was torn', (text) => text.slice(0, -20), ['PLAN_FILE_INVALID', 'plan.json']),
  {
    name: 'a repository with upper-case letters',
    code: 2,
    says: ['REFERENCE_INVALID', '--repository', 'acme/App'],
    begin: (scene) => Promise.resolve(() => cli(publishing(scene, `${plain.host}/acme/App`))),
  },
  {
    name: 'an index whose child is missing',
    code: 2,
    says: ['PINNED_PARTIAL', `${full} (sha256:`, 'is incomplete', 'is missing', '--replace-partial'],
    begin: async (scene) => {
      const at = placeOf(scene.path);
      await publish(
        publishOptions('1.0.1', at.repository, join(scene.project.folder, 'other')),
        publishWorld({ config }),
      );
      const tags = await at.tags();
      for (const tag of Object.keys(conveniences(tags))) await put(at, tag, tags['1.0.0-python3.9'] ?? '');
      const [child = ''] = await childrenOf(at, tags[full] ?? '');
      await fetch(`http://${plain.host}/v2/${scene.path}/manifests/${child}`, { method: 'DELETE' });
      return () => cli(publishing(scene, at.repository));
    },
  },
  immutable(
    'ECR',
    400,
    'TAG_INVALID',
    "The image tag 'TAG' already exists in the 'app' repository and cannot be overwritten because the tag is immutable.",
  ),
  immutable('Harbor', 412, 'PRECONDITION', "Failed to process request due to 'app:TAG' configured as immutable."),
  lying(
    'over 4 MiB',
    `{"a":"${'x'.repeat(5 * 2 ** 20)}"}`,
    named(blobOf('x').digest, mediaTypes.ociIndex),
    /larger than|over 4 MiB/,
  ),
  lying(
    'of schema 1',
    indexText,
    named(index.digest, 'application/vnd.docker.distribution.manifest.v1+prettyjws'),
    'a manifest of schema 1, which cannot be read or moved',
  ),
  lying(
    'of no known type, with a body that shows none',
    '{"a":1}',
    named(blobOf('{"a":1}').digest, 'text/plain'),
    'Content-Type "text/plain" is no manifest type',
  ),
  lying(
    'whose bytes are not its digest',
    indexText,
    named(blobOf('x').digest, mediaTypes.ociIndex),
    `the body has the digest ${index.digest}`,
  ),
  {
    name: 'a manifest: an index with an entry of no known type',
    code: 2,
    says: ['PINNED_PARTIAL', full, 'the index lists no image', '--replace-partial'],
    begin: async (scene) => {
      const host = await before(
        answers(Buffer.from(strange.bytes).toString(), named(strange.digest, mediaTypes.ociIndex)),
      );
      return () => quickly(scene, scene.at(host));
    },
  },
  {
    name: 'a credential helper that is no name of a program',
    code: 3,
    says: ['CREDENTIALS_FAILED', '"../../bin/sh" is no credential helper; expected letters, digits and . _ -'],
    begin: async (scene) => {
      const host = await guarded({ htpasswd: { alice: 'right' } });
      const helpers = { credHelpers: { [host]: '../../bin/sh' } };
      const DOCKER_CONFIG = await tempFolder({ 'config.json': JSON.stringify(helpers) });
      return () => cli(publishing(scene, scene.at(host)), { DOCKER_CONFIG });
    },
  },
];

test.each(rows.map((row, number) => ({ ...row, number })))('$name', async ({ begin, code, says, mayPush, number }) => {
  const path = `refused/row-${number}`;
  const scene: Scene = { project: await cliProject(config), path, at: (host) => `${host}/${path}` };
  const folder = join(plain.storage, 'docker/registry/v2/repositories');
  await cp(join(folder, 'base'), join(folder, path), { recursive: true });
  const refused = await begin(scene);
  const tags = await readTags(plain.host, path);

  const ended = await refused();

  const seen = await readTags(plain.host, path);
  expect({ ...ended, tags: mayPush === true ? conveniences(seen) : seen }).toEqual({
    code,
    text: ended.text,
    tags: mayPush === true ? conveniences(tags) : tags,
  });
  for (const words of says) expect(ended.text).toMatch(words);
  expect(ended.text).not.toContain('This is a bug');
});
