/** Several bake files are one definition, as buildx merges them. */
import { describe, expect, test } from 'vitest';
import { foreignType, needsPrinting, plainTargets, type PlainTarget } from '../../src/import/bake-files.ts';

const plain: PlainTarget = {
  name: 'app',
  dockerfile: 'Dockerfile',
  context: '.',
  target: null,
  platforms: [],
  tags: [],
  args: new Map(),
  contexts: new Map(),
  more: [],
};
const hcl = (text: string): { path: string; text: string } => ({ path: 'docker-bake.hcl', text });
const override = (text: string): { path: string; text: string } => ({ path: 'docker-bake.override.hcl', text });

describe('targets of several files', () => {
  test('what a later file says counts, list by list, and its arguments are added by name', () => {
    const first = hcl(
      'target "app" {\n  dockerfile = "a.Dockerfile"\n  platforms = ["linux/amd64", "linux/arm64"]\n  tags = ["acme/app:latest"]\n  args = {\n    A = "1"\n    B = "1"\n  }\n}\n',
    );
    const second = override('target "app" {\n  platforms = ["linux/arm64"]\n  args = {\n    B = "2"\n  }\n}\n');
    expect(plainTargets([first, second])).toEqual({
      targets: [
        {
          ...plain,
          dockerfile: 'a.Dockerfile',
          platforms: ['linux/arm64'],
          tags: ['acme/app:latest'],
          args: new Map([
            ['A', '1'],
            ['B', '2'],
          ]),
        },
      ],
      unread: [],
    });
  });

  test('a group of a later file takes the place of the earlier one', () => {
    const json = {
      path: 'docker-bake.json',
      text: '{ "group": { "default": { "targets": ["app", "other"] } }, "target": { "app": {}, "other": { "dockerfile": null } } }',
    };
    const second = { path: 'docker-bake.override.json', text: '{ "group": { "default": { "targets": ["app"] } } }' };
    expect(plainTargets([json, second]).targets).toEqual([plain]);
  });

  test('arguments of a target that is inherited from stay', () => {
    const file = hcl(
      'target "_base" {\n  args = {\n    A = "1"\n  }\n}\ntarget "app" {\n  inherits = ["_base"]\n  args = {\n    B = "2"\n  }\n}\n',
    );
    expect(plainTargets([file]).targets).toEqual([
      {
        ...plain,
        args: new Map([
          ['A', '1'],
          ['B', '2'],
        ]),
      },
    ]);
  });

  test('what is only inherited from is not built', () => {
    const file = hcl(
      'target "docker-metadata-action" {\n}\ntarget "base" {\n  dockerfile = "x"\n}\ntarget "app" {\n  inherits = ["base", "docker-metadata-action"]\n}\n',
    );
    expect(plainTargets([file]).targets).toEqual([{ ...plain, dockerfile: 'x' }]);
  });

  test('a Dockerfile beside the context is named from the root', () => {
    const file = hcl('target "app" {\n  context = "./srv/"\n  dockerfile = "../build/Dockerfile"\n}\n');
    expect(plainTargets([file]).targets).toEqual([{ ...plain, context: 'srv', dockerfile: 'build/Dockerfile' }]);
  });

  test.each([
    ['inside of the bake file', 'dockerfile-inline = "FROM scratch"'],
    ['of another git repository', 'context = "https://github.com/acme/other.git"'],
    ['outside of this folder', 'dockerfile = "../Dockerfile"'],
    ['that buildx works out', 'dockerfile = "${NAME}.Dockerfile"'],
  ])('a Dockerfile %s is not read', (_, line) => {
    expect(plainTargets([hcl(`target "app" {\n  ${line}\n}\n`)])).toEqual({ targets: [], unread: ['app'] });
  });

  test('what the config would lack is named', () => {
    const file = hcl(
      'target "app" {\n  secret = ["id=token,env=TOKEN"]\n  tags = [NAME]\n  contexts = {\n    base = "target:base"\n    src = "docker-image://alpine:3"\n  }\n}\n',
    );
    expect(plainTargets([file]).targets).toEqual([
      {
        ...plain,
        contexts: new Map([['src', 'docker-image://alpine:3']]),
        more: ['tags', 'the context base = target:base', 'secret'],
      },
    ]);
  });
});

test.each([
  ['a comment over several lines', '/*\ntarget "old" {\n}\n*/\ntarget "app" {\n}\n', true],
  ['a text over several lines', 'target "app" {\n  dockerfile = <<EOT\nx\nEOT\n}\n', true],
  ['a name without quotation marks', 'target app {\n}\n', true],
  ['arguments from a variable', 'target "app" {\n  args = {\n    V = VERSION\n  }\n}\n', true],
  ['an escape', 'target "app" {\n  dockerfile = "a\\u0062"\n}\n', true],
  ['plain values', 'target "app" {\n  dockerfile = "a" \n  tags = []\n}\n', false],
])('%s is for buildx: %s', (_, text, isForBuildx) => {
  expect(needsPrinting(hcl(text))).toBe(isForBuildx);
});

test.each([
  ['{ "target": { "app": { "tags": ["${REGISTRY}/app"] } } }', true],
  ['{ "target": { "app": { "args": { "N": 1 } } } }', true],
  ['{ "target": { "app": { "args": { "N": null, "M": "1" } } } }', false],
])('JSON is worked out like HCL: %s', (text, isForBuildx) => {
  expect(needsPrinting({ path: 'docker-bake.json', text })).toBe(isForBuildx);
});

test('a type that is only a name of ours asks no cloud', () => {
  expect(foreignType('cache-to = ["type=registry,ref=x"]')).toBeNull();
  expect(foreignType('cache-to = ["type=s3,region=x"]')).toBe('s3');
});
