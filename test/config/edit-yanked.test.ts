/** The list `yanked` in a config's text: what is written is what is meant, and nothing else changes. */
import { readFileSync } from 'node:fs';
import { array, assert, boolean, jsonValue, property, record, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { editedConfig, editYanked, handEdit, yankPath, type YankEdit } from '../../src/config/edit-yanked.ts';
import { parseJsonObject } from '../../src/domain/json.ts';

const entry = { version: '1.0.1', reason: "isn't whole", since: '2026-11-29T09:00:00Z' };
const add: YankEdit = { kind: 'add', entry };
const remove = (index: number): YankEdit => ({ kind: 'remove', index });
const yaml = (text: string, edit: YankEdit, path: readonly [string, ...string[]] = ['yanked']): string | null =>
  editYanked(text, 'matrix.config.yaml', path, edit);

const base = `# what we publish
repository: docker.io/acme/app   # the only one
pythons:
  - '3.9'  # oldest
  - "3.10"
`;

describe('YAML', () => {
  test('a list of its own behind the last key, every comment kept', () => {
    expect(yaml(base, add)).toBe(`${base.trimEnd()}
yanked:
  - version: '1.0.1'
    reason: 'isn''t whole'
    since: '2026-11-29T09:00:00Z'
`);
  });

  test.each([
    ['indented', '  '],
    ['on the column of its key', ''],
  ])('behind the last entry of a block list, %s', (_name, indent) => {
    const before = `yanked: # bad ones
${indent}- version: '1.0.0'
${indent}  reason: broken # see 12
# and on
repository: docker.io/acme/app
`;
    const after = yaml(before, add);
    expect(after).toBe(
      before.replace(
        '# and on',
        `${indent}- version: '1.0.1'\n${indent}  reason: 'isn''t whole'\n${indent}  since: '2026-11-29T09:00:00Z'\n# and on`,
      ),
    );
    expect(yaml(after ?? '', remove(1))).toBe(before);
    expect(yaml(before, remove(0))).toBe('# and on\nrepository: docker.io/acme/app\n');
  });

  test.each([
    ["yanked: [{ version: '1.0.0', reason: x }]\n", "yanked: [{ version: '1.0.0', reason: x }, NEW]\n"],
    [
      "yanked: [\n  { version: '1.0.0', reason: x }, # old\n]\n",
      "yanked: [\n  { version: '1.0.0', reason: x }, NEW, # old\n]\n",
    ],
    ['yanked: []\n', 'yanked: [NEW]\n'],
    ['{ repository: a/b, pythons: ["3.9"] }\n', '{ repository: a/b, pythons: ["3.9"], yanked: [NEW] }\n'],
  ])('a flow list %j', (before, after) => {
    const line = "{ version: '1.0.1', reason: 'isn''t whole', since: '2026-11-29T09:00:00Z' }";
    expect(yaml(before, add)).toBe(after.replace('NEW', line));
  });

  test('line ends stay as they are', () => {
    expect(yaml(base.replaceAll('\n', '\r\n'), add)).toBe(yaml(base, add)?.replaceAll('\n', '\r\n'));
  });

  test('an image of several has a list of its own', () => {
    const before = `images:\n  app:\n    repository: a/b\n  web: # last\n    repository: a/c\nsource: { git: '.' }\n`;
    expect(yaml(before, add, ['images', 'app', 'yanked'])).toBe(
      before.replace(
        '  web:',
        `    yanked:\n      - version: '1.0.1'\n        reason: 'isn''t whole'\n        since: '2026-11-29T09:00:00Z'\n  web:`,
      ),
    );
  });

  test('comments on lines of their own stay when the only entry goes', () => {
    const before = `yanked: # bad ones
  # see SECURITY.md
  - version: '1.0.0'
    # by Ada
    reason: broken # see 12
  # until 2.0
repository: docker.io/acme/app
`;
    expect(yaml(before, remove(0))).toBe('  # see SECURITY.md\n  # until 2.0\nrepository: docker.io/acme/app\n');
  });

  test('an alias is nobody’s to write in: the line of the list that it names is said', () => {
    const text = `repository: a/b\nold: &old []\nyanked: *old\n`;
    expect(yaml(text, add)).toBeNull();
    const place = (written: string, list: readonly object[]): string =>
      handEdit({ yanked: list }, written, 'matrix.config.yaml', ['yanked'], add).place;
    expect(place(text, [])).toBe('matrix.config.yaml:2, in the list &old, which yanked is');
    const block = `repository: a/b\nold: &old\n  - version: '1.0.0'\n    reason: x\nyanked: *old\n`;
    expect(place(block, [{}])).toBe('matrix.config.yaml:2, in the list &old, which yanked is');
    expect(place(block.replace('&old', '').replace('*old', '[]'), [])).toBe('matrix.config.yaml:5, in the list yanked');
  });
});

describe('JSON', () => {
  const before = '{\n    "repository": "a/b",\n    "pythons": ["3.9"]\n}\n';
  const json = (text: string, edit: YankEdit): string | null =>
    editYanked(text, 'matrix.config.json', ['yanked'], edit);

  test('by the indentation of the file', () => {
    const after = json(before, add);
    expect(after).toBe(`{
    "repository": "a/b",
    "pythons": ["3.9"],
    "yanked": [
        { "version": "1.0.1", "reason": "isn't whole", "since": "2026-11-29T09:00:00Z" }
    ]
}
`);
    const twice = json(after ?? '', { kind: 'add', entry: { ...entry, version: '1.0.0' } });
    expect(parseJsonObject(twice ?? '')?.['yanked']).toHaveLength(2);
    expect(json(twice ?? '', remove(1))).toBe(after);
    expect(json(after ?? '', remove(0))).toBe(before);
  });

  test('in the shape of the entries that are there', () => {
    const long = '{\n\t"yanked": [\n\t\t{\n\t\t\t"version": "1.0.0",\n\t\t\t"reason": "x"\n\t\t}\n\t]\n}\n';
    expect(json(long, add)).toBe(
      long.replace(
        '\t\t}\n\t]',
        `\t\t},\n\t\t{\n\t\t\t"version": "1.0.1",\n\t\t\t"reason": "isn't whole",\n\t\t\t"since": "2026-11-29T09:00:00Z"\n\t\t}\n\t]`,
      ),
    );
    const line = `{ "version": "1.0.1", "reason": "isn't whole", "since": "2026-11-29T09:00:00Z" }`;
    expect(json('{"a":1}', add)).toBe(`{"a":1, "yanked": [${line}]}`);
    expect(json('{"yanked":[]}', add)).toBe(`{"yanked":[${line}]}`);
    expect(json('{"yanked":[{"version":"1","reason":"x"}]}', add)).toBe(
      `{"yanked":[{"version":"1","reason":"x"}, ${line}]}`,
    );
  });
});

test('code is not edited: the line and its place are named', () => {
  const text = readFileSync(new URL('../../matrix.config.ts', import.meta.url), 'utf8');
  expect(editYanked(text, 'matrix.config.ts', ['yanked'], add)).toBeNull();
  const source = `export default defineConfig({\n  repository: 'a/b',\n  yanked: [\n    { version: '1.0.0', reason: 'x' },\n  ],\n});\n`;
  const raw = { repository: 'a/b', yanked: [{ version: '1.0.0', reason: 'x' }] };
  const line = String.raw`{ version: '1.0.1', reason: 'isn\'t whole', since: '2026-11-29T09:00:00Z' }`;
  expect(handEdit(raw, source, 'matrix.config.ts', ['yanked'], add)).toEqual({
    line: `${line},`,
    place: 'matrix.config.ts:3, in the list yanked',
  });
  expect(handEdit({ repository: 'a/b' }, source, 'matrix.config.ts', ['yanked'], add)).toEqual({
    line: `yanked: [${line}],`,
    place: 'matrix.config.ts:2, beside repository',
  });
  expect(handEdit(raw, source, 'matrix.config.ts', ['yanked'], remove(0))).toEqual({
    line: null,
    place: 'matrix.config.ts:3, all of yanked',
  });
});

test('of several images, the list that the image reads', () => {
  const images = { app: { repository: 'a/b' }, web: { repository: 'a/c', yanked: [] } };
  expect(yankPath({ repository: 'a/b' }, 'b')).toEqual(['yanked']);
  expect(yankPath({ images }, 'app')).toEqual(['images', 'app', 'yanked']);
  expect(yankPath({ images, yanked: [] }, 'app')).toEqual(['yanked']);
  expect(yankPath({ images, yanked: [] }, 'web')).toEqual(['images', 'web', 'yanked']);
});

test('of 300 generated configs each text is edited as meant or left alone, and taken back to what it said', () => {
  const text = string({ minLength: 1, maxLength: 12 });
  const one = record({ version: text, reason: text }, { requiredKeys: ['version', 'reason'] });
  const config = record({
    repository: text,
    note: jsonValue(),
    yanked: array(one, { minLength: 1, maxLength: 3 }),
  });
  let left = 0;
  assert(
    property(config, boolean(), boolean(), text, (raw, isYaml, isFlow, reason) => {
      const file = isYaml ? 'matrix.config.yaml' : 'matrix.config.json';
      const parsed: unknown = JSON.parse(JSON.stringify(raw));
      const before = isYaml
        ? stringify(parsed, isFlow ? { collectionStyle: 'flow' } : {})
        : JSON.stringify(parsed, null, isFlow ? 0 : 2);
      const read = (edited: string): unknown => (isYaml ? parse(edited) : JSON.parse(edited));
      const edit: YankEdit = { kind: 'add', entry: { ...entry, reason } };
      const after = editYanked(before, file, ['yanked'], edit);
      const back = after === null ? null : editYanked(after, file, ['yanked'], remove(raw.yanked.length));
      if (after === null || back === null) left += 1;
      const said = [after, back].map((text) => (text === null ? 'left alone' : read(text)));
      const meant = [
        after === null ? 'left alone' : editedConfig(parsed, ['yanked'], edit),
        back === null ? 'left alone' : parsed,
      ];
      expect(said).toEqual(meant);
    }),
    { numRuns: 300 },
  );
  expect(left).toBeLessThan(15);
});
