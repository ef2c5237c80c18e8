/** What the language refuses: every mistake is named at once, the exit code is 2, and nothing is written. */
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { daily, fact } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Row {
  readonly name: string;
  readonly config: object;
  readonly facts?: readonly ReleaseFact[];
  /** Each problem, as the code and what its line has. */
  readonly says: readonly (readonly [code: string, ...parts: string[]])[];
}

const rules = {
  full: { template: '{{version}}-{{os}}' },
  sha: false,
  minor: false,
  major: false,
  latest: { template: '{{os}}' },
};
const base = {
  repository: 'registry.invalid/acme/app',
  source: { file: 'releases.json' },
  dockerfile: 'Dockerfile',
  axes: { os: ['bookworm', 'trixie'] },
  rules,
};
const pre = { kind: 'convenience', template: 'rc-{{os}}', releases: 'pre' };
const k3s = {
  tagPattern: String.raw`^(?<base>\d+\.\d+\.\d+)\+k3s(?<k3s>\d+)$`,
  scheme: { base: 'semver', k3s: 'number' },
};

const rows: readonly Row[] = [
  {
    name: 'an alias that is a value',
    config: { axes: { os: { bookworm: { aliases: ['trixie'] }, trixie: {} } } },
    says: [['CONFIG_INVALID', 'axes.os.bookworm.aliases[0]', '"trixie" is what os trixie is called itself']],
  },
  {
    name: "an alias that is a value's tag",
    config: { axes: { os: { bookworm: {}, trixie: { tag: 'debian' } } }, aliases: { os: { debian: 'bookworm' } } },
    says: [['CONFIG_INVALID', 'aliases.os.debian', '"debian" is what os trixie is called itself']],
  },
  {
    name: 'a cycle of aliases',
    config: { aliases: { os: { old: 'new', new: 'old' } } },
    says: [
      ['CONFIG_INVALID', 'aliases.os.old', "'new' is an alias itself", 'name a value: bookworm, trixie'],
      ['CONFIG_INVALID', 'aliases.os.new', "'old' is an alias itself", 'name a value: bookworm, trixie'],
    ],
  },
  {
    name: 'an alias of a default that is not there',
    config: { aliases: { os: { '': 'default' } } },
    says: [['CONFIG_INVALID', "aliases.os.''", 'there is no default os', "write defaults: { os: 'bookworm' }"]],
  },
  {
    name: 'a channel whose releases are not built',
    config: { rules: { ...rules, full: { template: '{{version}}-{{os}}', releases: 'finals' }, rc: pre } },
    says: [['CONFIG_INVALID', 'rules.rc', 'no release could ever own it', "rules: { full: { releases: 'all' } }"]],
  },
  {
    name: 'a channel whose releases are not built in its range',
    config: {
      rules: {
        ...rules,
        full: { template: '{{version}}-{{os}}', releases: 'finals' },
        old: { kind: 'pinned', template: 'old-{{version}}-{{os}}', range: '<1' },
        rc: { ...pre, range: '>=1' },
      },
    },
    says: [['CONFIG_INVALID', 'rules.rc', 'no release could ever own it', 'pre-releases have no pinned tag']],
  },
  {
    name: 'a channel outside the releases of the image',
    config: { releases: '>=2', rules: { ...rules, rc: { ...pre, range: '<2.dev0' } } },
    says: [['CONFIG_INVALID', 'rules.rc', 'no release could ever own it', "none of releases: '>=2' is in <2.dev0"]],
  },
  {
    name: 'a channel of pre-releases, where nothing says what one is',
    config: {
      source: { git: '.' },
      tagPattern: String.raw`^(?<version>(?<a>\d+)-(?<b>\d+))$`,
      scheme: { a: 'number', b: 'number' },
      rules: { ...rules, rc: pre },
    },
    says: [['CONFIG_INVALID', 'rules.rc', 'no release could ever own it', "compare a part as 'pre'"]],
  },
  {
    name: 'a group that the pattern lacks, wherever it is named',
    config: {
      tagPattern: String.raw`^(?<base>\d+\.\d+\.\d+)$`,
      version: '{{base}}-{{k3s}}',
      scheme: { base: 'semver', rke: 'number' },
      rules: { ...rules, name: { kind: 'convenience', template: '{{codename}}-{{os}}' } },
    },
    says: [
      ['TEMPLATE_UNKNOWN_NAME', 'version', '{{k3s}}', 'known names: base'],
      ['CONFIG_INVALID', 'tagPattern', 'must be anchored and have a group named version'],
      ['CONFIG_INVALID', 'scheme.rke', "unknown group of tagPattern 'rke'; known: base"],
      ['TEMPLATE_UNKNOWN_NAME', 'rules.name.template', '{{codename}}', 'known names: version, major'],
    ],
  },
  {
    name: 'a version template that gives two releases one text',
    config: { ...k3s, version: 'v{{base}}' },
    facts: daily('1.0.0+k3s1', '1.0.0+k3s2', '1.1.0+k3s1'),
    says: [
      [
        'VERSION_DUPLICATE',
        'releases.json',
        '1.0.0+k3s1 and 1.0.0+k3s2 both give v1.0.0',
        "version: 'v{{base}}-{{k3s}}'",
      ],
    ],
  },
  {
    name: 'an attribute that two lines say otherwise',
    config: {
      attributes: [
        { range: '>=1', codename: 'iron' },
        { range: '>=1 <2', codename: 'jod' },
      ],
    },
    says: [['ATTRIBUTE_INVALID', 'attributes[1]', 'codename of 1.0.0 is "jod"', '"iron" in matrix.config.json']],
  },
  {
    name: 'an attribute that the config and a facts file say otherwise',
    config: {
      source: { file: 'releases.json', attributes: ['codename'] },
      attributes: [{ range: '*', codename: 'iron' }],
    },
    facts: [fact('1.0.0', '2024-01-01', { attributes: { codename: 'jod' } })],
    says: [['ATTRIBUTE_INVALID', 'attributes[0]', 'codename of 1.0.0 is "iron"', '"jod" in releases.json[0]']],
  },
  {
    name: 'a hold on an unknown version',
    config: { hold: [{ version: '9.9.9', reason: 'not yet' }] },
    says: [['HOLD_UNKNOWN', 'hold[0]', 'no source knows a release "9.9.9"']],
  },
  {
    name: 'values and aliases that are no legal part of a tag',
    config: {
      axes: { os: { 'book worm': {}, trixie: { tag: 'tri/xie', aliases: ['a b'] } } },
      aliases: { os: { ä: 'trixie' } },
    },
    says: [
      ['TAG_INVALID', "axes.os.'book worm'", 'got "book worm"'],
      ['TAG_INVALID', 'axes.os.trixie.tag', 'got "tri/xie"'],
      ['TAG_INVALID', 'axes.os.trixie.aliases[0]', 'got "a b"'],
      ['TAG_INVALID', "aliases.os.'ä'", 'got "ä"'],
    ],
  },
  {
    name: 'values of a list that are no legal part of a tag',
    config: { axes: { os: ['trixie', 'book worm', ''] } },
    says: [
      ['TAG_INVALID', 'axes.os[1]', 'got "book worm"'],
      ['TAG_INVALID', 'axes.os[2]', 'got ""'],
    ],
  },
  {
    name: 'an order that is not total',
    config: { tagPattern: String.raw`^(?<version>(?<a>\d+)\.(?<b>\d+)\.\d+)$`, scheme: { a: 'number', b: 'number' } },
    facts: daily('1.0.0', '1.0.1'),
    says: [
      ['VERSION_DUPLICATE', 'releases.json', '1.0.0 and 1.0.1 are the same version', 'compare what tells them apart'],
    ],
  },
  {
    name: 'many of them at once, a shape that is wrong among them',
    config: {
      axes: { os: { bookworm: { aliases: ['trixie'] }, trixie: {}, 'b d': {} } },
      aliases: { os: { old: 'older', older: 'old' } },
      tagPattern: String.raw`^(?<version>\d.*)$`,
      version: '{{nope}}',
      scheme: { version: 'semver', build: 'number' },
      releases: '>=2',
      rules: { ...rules, rc: { ...pre, range: '<1' } },
      attributes: [{ range: '>=2 <1', codename: 'iron' }],
    },
    says: [
      ['TEMPLATE_UNKNOWN_NAME', 'version', '{{nope}}'],
      ['CONFIG_INVALID', 'scheme.build', "unknown group of tagPattern 'build'"],
      ['RANGE_INVALID', 'attributes[0]', 'holds no version at all'],
      ['TAG_INVALID', "axes.os.'b d'", 'got "b d"'],
      ['CONFIG_INVALID', 'aliases.os.old', "'older' is an alias itself"],
      ['CONFIG_INVALID', 'aliases.os.older', "'old' is an alias itself"],
      ['CONFIG_INVALID', 'rules.rc', 'no release could ever own it'],
      ['CONFIG_INVALID', 'axes.os.bookworm.aliases[0]', 'is what os trixie is called itself'],
    ],
  },
  {
    name: 'mistakes of the facts at once',
    config: {
      ...k3s,
      version: '{{base}}',
      hold: [{ version: '9.9.9', reason: 'not yet' }],
      attributes: [
        { range: '*', codename: 'iron' },
        { range: '*', codename: 'jod' },
      ],
    },
    facts: daily('1.0.0+k3s1', '1.0.0+k3s2'),
    says: [
      ['ATTRIBUTE_INVALID', 'attributes[1]', 'codename of 1.0.0'],
      ['ATTRIBUTE_INVALID', 'attributes[1]', 'codename of 1.0.0'],
      ['VERSION_DUPLICATE', 'both give 1.0.0'],
      ['HOLD_UNKNOWN', 'hold[0]', '9.9.9'],
    ],
  },
];

async function ran(
  config: object,
  facts: readonly ReleaseFact[],
): Promise<{ run: string[]; code: number; stdout: string; files: string[] }> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...base, ...config }),
    'releases.json': JSON.stringify(facts),
  });
  const {
    code,
    stdout: text,
    stderr,
  } = await runCli(['plan', '--offline', '--config', `${folder}/matrix.config.json`]);
  const [stdout = '', talk = ''] = [text, stderr].map((one) => one.replaceAll(`${folder}/`, ''));
  const run = talk.trimEnd().split('\n');
  return { run, code, stdout, files: (await readdir(folder)).toSorted() };
}

describe('refused', () => {
  test.each(rows)('$name', async ({ config, facts = daily('1.0.0'), says }) => {
    const { run, code, stdout, files } = await ran(config, facts);
    expect([code, stdout, files]).toEqual([2, '', ['matrix.config.json', 'releases.json']]);
    expect(run.map((line) => line.split(' ')[0])).toEqual(says.map(([problem]) => problem));
    const lacking = says.flatMap((parts, index) => parts.filter((part) => run[index]?.includes(part) !== true));
    expect(lacking).toEqual([]);
  });
});

describe('no error, and said in the plan', () => {
  test.each([
    {
      name: 'a channel that is empty',
      config: { rules: { ...rules, rc: pre } },
      facts: daily('1.0.0'),
      says: 'the rule rc gives no tag yet (final: 1.0.0)',
    },
    {
      name: 'the only release, held',
      config: { hold: [{ version: '1.0.0', reason: 'waiting for the docs' }] },
      facts: daily('1.0.0'),
      says: '1.0.0 is held: waiting for the docs (matrix.config.json hold[0]); deleting that line moves bookworm, trixie to 1.0.0',
    },
    {
      name: 'a where that no release meets yet',
      config: {
        attributes: [{ range: '>=2', lts: true }],
        rules: { ...rules, lts: { kind: 'convenience', template: 'lts-{{os}}', where: { lts: true } } },
      },
      facts: daily('1.0.0'),
      says: 'the rule lts gives no tag yet',
    },
  ])('$name', async ({ config, facts, says }) => {
    const { stdout, code } = await ran(config, facts);
    expect([code, stdout.split('\n').filter((line) => line.includes(says)).length]).toEqual([0, 1]);
  });
});
