/** Images and flavors whose files differ, and parts of files that `init` does not read: nothing is lost without a word. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { initCommand } from '../../../src/commands/init/init.ts';
import { initOptions } from '../../support/init-options.ts';
import { initWorld } from '../../support/init-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const two = ['linux/amd64', 'linux/arm64'];

async function init(files: Readonly<Record<string, string>>): Promise<{ config: string; stdout: string }> {
  const folder = await tempFolder({ Dockerfile: 'FROM scratch\n', 'cuda.Dockerfile': 'FROM scratch\n', ...files });
  const { stdout } = await initCommand(initOptions, initWorld(folder));
  return { config: await readFile(`${folder}/matrix.config.ts`, 'utf8'), stdout };
}

function bake(target: Readonly<Record<string, object>>): string {
  return JSON.stringify({ group: { default: { targets: Object.keys(target) } }, target });
}

const cuda = { dockerfile: 'cuda.Dockerfile' };

test.each([
  {
    name: 'a flavor of fewer platforms',
    files: bake({
      app: { platforms: two, tags: ['ghcr.io/acme/app:latest'] },
      cuda: { ...cuda, platforms: ['linux/amd64'], tags: ['ghcr.io/acme/app:latest-cuda'] },
    }),
    holds: [
      "standard: { dockerfile: 'Dockerfile' }",
      "cuda: { dockerfile: 'cuda.Dockerfile', suffix: '-cuda', platforms: ['linux/amd64'] }",
    ],
  },
  {
    name: 'an image of fewer platforms',
    files: bake({
      app: { platforms: two, tags: ['ghcr.io/acme/app:latest'] },
      cuda: { ...cuda, platforms: ['linux/amd64'], tags: ['ghcr.io/acme/cuda:latest'] },
    }),
    holds: ["flavors: { standard: { dockerfile: 'cuda.Dockerfile', platforms: ['linux/amd64'] } }"],
  },
  {
    name: 'an image whose target names none, next to one that does',
    files: bake({
      app: { platforms: ['linux/arm64'], tags: ['ghcr.io/acme/app:latest'] },
      cuda: { ...cuda, tags: ['ghcr.io/acme/cuda:latest'] },
    }),
    holds: ["// Its file names none: a guess, so check it.\n          platforms: ['linux/arm64'],"],
  },
])('$name', async ({ files, holds }) => {
  const { config } = await init({ 'docker-bake.json': files });
  for (const part of holds) expect(config).toContain(part);
});

test('services that are built alike are one, for the platforms of all', async () => {
  const service = (platform: string): string =>
    `{ image: ghcr.io/acme/app, build: { context: ., platforms: [${platform}] } }`;
  const compose = `services:\n  a: ${service('linux/amd64')}\n  b: ${service('linux/arm64')}\n`;
  const { config } = await init({ 'compose.yaml': compose });
  expect(config).toContain("flavors: { standard: { dockerfile: 'Dockerfile' } }");
  expect(config).toContain("platforms: ['linux/amd64', 'linux/arm64']");
});

test('images that name no platforms share the guess', async () => {
  const { config } = await init({
    'docker-bake.json': bake({ app: { tags: ['ghcr.io/acme/app:a'] }, cuda: { ...cuda, tags: ['ghcr.io/acme/c:a'] } }),
  });
  expect(config.match(/platforms:/g)).toHaveLength(1);
});

test('a bake file that is no JSON is said', async () => {
  const { stdout } = await init({ 'docker-bake.json': '{"target":' });
  expect(stdout).toContain('docker-bake.json was not read: it is no JSON object');
});

test.each([
  { service: 'worker: { extends: { service: web } }', says: 'worker takes over by extends:' },
  { service: 'worker: { <<: 1, image: postgres }', says: 'worker takes over by <<:' },
  { service: 'worker: { <<: *log, image: postgres }', says: null },
  { service: 'worker: { <<: *app }', says: null },
])('of a compose file: $service', async ({ service, says }) => {
  const shared = 'x-log: &log { restart: always }\nx-app: &app { image: ghcr.io/acme/other, build: . }\n';
  const web = 'web: { image: ghcr.io/acme/web, build: . }';
  const { stdout } = await init({ 'compose.yaml': `${shared}services:\n  ${web}\n  ${service}\n` });
  const lines = stdout.split('\n').filter((line) => line.includes('not read'));
  const said = `compose.yaml: not read is what ${says} check its image and build in the config`;
  expect(lines).toEqual(says === null ? [] : [said]);
});

const shared = [
  'x-args: &args { PYTHON: 3.10, DEBUG: 0 }',
  'x-build: &build { context: ., dockerfile: cuda.Dockerfile, args: *args, platforms: [linux/arm64] }',
  'x-named: &named { image: ghcr.io/acme/other, build: { <<: *build, target: dev } }',
  'x-more: &more { image: ghcr.io/acme/never, restart: always, platform: linux/amd64 }',
].join('\n');

test.each([
  {
    name: 'a build',
    service: 'app: { image: ghcr.io/acme/app, build: { <<: *build } }',
    holds: ["dockerfile: 'cuda.Dockerfile'", "args: { PYTHON: '3.10', DEBUG: '0' }", "platforms: ['linux/arm64']"],
  },
  {
    name: 'a build with keys of its own, which win',
    service: 'app: { image: ghcr.io/acme/app, build: { dockerfile: Dockerfile, <<: *build, target: prod } }',
    holds: ["dockerfile: 'Dockerfile'", "target: 'prod'", "args: { PYTHON: '3.10', DEBUG: '0' }"],
  },
  {
    name: 'arguments',
    service: 'app: { image: ghcr.io/acme/app, build: { context: ., args: { <<: *args, DEBUG: 1 } } }',
    holds: ["args: { PYTHON: '3.10', DEBUG: '1' }"],
  },
  {
    name: 'a service, with what that one takes over itself',
    service: 'app: { <<: *named }',
    holds: ["repository: 'ghcr.io/acme/other'", "dockerfile: 'cuda.Dockerfile'", "target: 'dev'", 'PYTHON'],
  },
  {
    name: 'several, of which the first wins',
    service: 'app: { <<: [*named, *more] }',
    holds: ["repository: 'ghcr.io/acme/other'", "platforms: ['linux/arm64']"],
  },
  {
    name: 'a map that is written there',
    service: 'app: { <<: { image: ghcr.io/acme/inline, <<: *named } }',
    holds: ["repository: 'ghcr.io/acme/inline'", "target: 'dev'"],
  },
])('<< of a compose file brings $name', async ({ service, holds }) => {
  const text = 'FROM scratch\nARG PYTHON\nARG DEBUG\n';
  const both = { Dockerfile: text, 'cuda.Dockerfile': text };
  const { config, stdout } = await init({ ...both, 'compose.yaml': `${shared}\nservices:\n  ${service}\n` });
  for (const part of holds) expect(config).toContain(part);
  expect(stdout).not.toMatch(/not read|<</);
});

test('<< of itself brings nothing, and is said', async () => {
  const service = 'app: { image: ghcr.io/acme/app, build: &b { context: ., <<: *b } }';
  const { config, stdout } = await init({ 'compose.yaml': `services:\n  ${service}\n` });
  expect(config).toContain("repository: 'ghcr.io/acme/app'");
  expect(stdout).toContain('compose.yaml: app has <<, which the config lacks: write it there');
});

test('<< that stands for very much is refused in no time', async () => {
  const keys = (count: number, name: string): string =>
    Array.from({ length: count }, (_, index) => `${name}${index}: 1`).join(', ');
  const many = Array.from(
    { length: 2000 },
    (_, index) => `x-${index + 1}: &a${index + 1} { <<: *a${index}, k${index}: 1 }`,
  );
  const bomb = `x-0: &a0 { ${keys(50, 'v')} }\n${many.join('\n')}\nservices: { app: { image: ghcr.io/acme/app, build: . } }\n`;
  const startMs = performance.now();
  const { stdout } = await init({ 'compose.yaml': bomb });
  expect(stdout).toContain('compose.yaml was not read: its merge keys (<<) stand for more than a file can need');
  expect(performance.now() - startMs).toBeLessThan(5000);
});

test.each([
  { service: 'web: { image: "${REGISTRY}/web:${TAG}", build: . }', says: 'web, as a variable is in its image' },
  {
    service: 'web: { image: ghcr.io/acme/web, build: { context: gone } }',
    says: 'web, as its Dockerfile is not in this folder',
  },
  {
    service: 'web: { image: ghcr.io/acme/web, build: { dockerfile_inline: FROM scratch } }',
    says: 'web, as its Dockerfile is not in this folder',
  },
  { service: 'web: { image: "${REGISTRY}/web" }', says: null },
  { service: 'web: { image: web, build: . }', says: null },
])('of a compose file, left out: $service', async ({ service, says }) => {
  const { stdout } = await init({ 'compose.yaml': `services:\n  ${service}\n` });
  const lines = stdout.split('\n').filter((line) => line.includes('not read'));
  expect(lines).toEqual(says === null ? [] : [`compose.yaml: not read is ${says}`]);
});

test.each([
  { tags: ['ghcr.io/acme/app:a', 'docker.io/acme/app:a', 'ghcr.io/acme/app:b'], others: 'docker.io/acme/app' },
  { tags: ['ghcr.io/acme/app:a', 'ghcr.io/acme/app:b'], others: null },
  { tags: ['app:a'], others: null },
])('a bake target with the tags $tags', async ({ tags, others }) => {
  const { stdout } = await init({ 'docker-bake.json': bake({ app: { tags } }) });
  const lines = stdout.split('\n').filter((line) => line.includes('is pushed to'));
  const said = `docker-bake.json: app is pushed to ${others} too: make repository a list with all of them`;
  expect(lines).toEqual(others === null ? [] : [said]);
});

test('of goreleaser, each image has its own platforms, and names of a template are said', async () => {
  const { config, stdout } = await init({
    '.goreleaser.yaml': `dockers_v2:
  - { images: ['ghcr.io/{{ .Env.OWNER }}/app', docker.io/acme/app], platforms: [linux/amd64, linux/arm64] }
  - { images: [docker.io/acme/cuda], dockerfile: cuda.Dockerfile, platforms: [linux/amd64] }
`,
  });
  expect(config).toContain("flavors: { standard: { dockerfile: 'cuda.Dockerfile', platforms: ['linux/amd64'] } }");
  expect(stdout).toContain(
    '.goreleaser.yaml: not read are the names ghcr.io/{{ .Env.OWNER }}/app: add them to repository',
  );
});

const built = { dockerfile: 'Dockerfile' };
test.each([
  {
    name: 'folders of one name',
    files: { 'a/api/Dockerfile': 'FROM scratch\n', 'b/api/Dockerfile': 'FROM scratch\n' },
    images: ['image', 'a-api', 'b-api'],
  },
  {
    name: 'bake targets of names that become one',
    files: {
      'docker-bake.json': bake({
        a_b: { ...built, tags: ['ghcr.io/acme/one:a'] },
        'a-b': { ...built, tags: ['ghcr.io/acme/two:a'] },
      }),
    },
    images: ['one', 'two'],
  },
  {
    name: 'services whose repositories end alike',
    files: {
      'compose.yaml':
        'services: { web: { image: ghcr.io/acme/web, build: . }, Web: { image: quay.io/acme/web, build: . } }\n',
    },
    images: ['web', 'web-2'],
  },
])('$name are images of their own', async ({ files, images }) => {
  const { config } = await init(files);
  expect([...config.matchAll(/^    '?(?<name>[a-z0-9-]+)'?: \{/gm)].map(({ groups }) => groups?.['name'])).toEqual(
    images,
  );
});

test('flavors of names that become one are two', async () => {
  const tags = ['ghcr.io/acme/app:1'];
  const target = { app: { tags }, a_b: { ...cuda, tags }, 'a-b': { ...cuda, target: 'x', tags } };
  const { config } = await init({ 'docker-bake.json': bake(target) });
  expect(config).toContain("'a-b': { dockerfile: 'cuda.Dockerfile', suffix: '-a-b' }");
  expect(config).toContain("'a-b-2': { dockerfile: 'cuda.Dockerfile', target: 'x', suffix: '-a-b-2' }");
});
