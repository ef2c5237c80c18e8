import { describe, expect, test } from 'vitest';
import { tagGrammar } from '../../src/plan/grammar.ts';
import { imageOf, planned, smallConfig, daily } from '../support/history.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';

const semverImage = imageOf({
  repository: 'registry.example/acme/app',
  scheme: 'semver',
  flavors: { debian: { dockerfile: 'Dockerfile' }, alpine: { dockerfile: 'alpine.Dockerfile', suffix: '-alpine' } },
  rules: { sha: false },
});

describe('rules read backwards', () => {
  const small = tagGrammar(imageOf(smallConfig));
  test.each([
    { tag: '1.2.3-python3.10', rule: 'full', version: '1.2.3', axes: { python: '3.10', flavor: 'standard' } },
    { tag: '1.2.3rc1-python3.9-conda', rule: 'full', version: '1.2.3rc1', axes: { python: '3.9', flavor: 'conda' } },
    { tag: '1.2-python3.10', rule: 'minor', version: null, axes: { python: '3.10', flavor: 'standard' } },
    { tag: '1-python3.10-conda', rule: 'major', version: null, axes: { python: '3.10', flavor: 'conda' } },
    { tag: '1-latest-conda', rule: 'latest', version: null, axes: { flavor: 'conda' } },
    { tag: `sha-${'a'.repeat(40)}-python3.9`, rule: 'sha', version: null, axes: { python: '3.9', flavor: 'standard' } },
    { tag: '1.2.3-python2.7', rule: 'full', version: '1.2.3', axes: { python: '2.7', flavor: 'standard' } },
    { tag: '1.2.3-python3.14t', rule: 'full', version: '1.2.3', axes: { python: '3.14t', flavor: 'standard' } },
  ])('$tag is a $rule tag', ({ tag, rule, version, axes }) => {
    const reading = small(tag);
    expect([reading?.rule.name, reading?.version, reading?.axes, reading?.hasV]).toEqual([rule, version, axes, false]);
  });

  test.each(['v1.2.3-python3.10', 'V1.2-python3.10', 'v1-latest'])('%s has a v that no rule writes', (tag) => {
    expect(small(tag)?.hasV).toBe(true);
  });

  test.each(['latest', 'main', 'nightly', '1.2.3', '1.2.3-python', '1.2.3-python3.10-alpine', 'x1.2.3-python3.10', ''])(
    '%j is none of ours',
    (tag) => expect(small(tag)).toBeNull(),
  );

  test('a suffix is a flavor before it is a pre-release', () => {
    const grammar = tagGrammar(semverImage);
    expect([grammar('1.2.3-alpine')?.version, grammar('1.2.3-alpine')?.axes]).toEqual(['1.2.3', { flavor: 'alpine' }]);
    expect([grammar('1.2.3-rc.1')?.version, grammar('1.2.3-rc.1')?.axes]).toEqual(['1.2.3-rc.1', { flavor: 'debian' }]);
  });

  test('every tag of a plan reads as its own rule and cell', () => {
    for (const { image, tags } of [
      planned(prefectConfig, prefectFacts()),
      planned(smallConfig, daily('1.0.0', '1.0.1rc1', '2.0.0.post1', '2.0.0')),
    ]) {
      const grammar = tagGrammar(image);
      for (const [tag, { rule, cell }] of tags.pinned) {
        const reading = grammar(tag);
        const version = rule.name === 'full' ? cell.release.version.text : reading?.version;
        expect([tag, reading?.rule.name, reading?.axes, reading?.version]).toEqual([
          tag,
          rule.name,
          cell.shape.axes,
          version,
        ]);
      }
      for (const { tag, rule } of tags.convenience) expect([tag, grammar(tag)?.rule.name]).toEqual([tag, rule.name]);
    }
  });
});

test('tags under aliases, and without what may be empty, are read too', () => {
  const image = imageOf({
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
    axes: { os: { trixie: { aliases: [''] }, 'alpine3.24': { aliases: ['alpine'] } } },
    rules: {
      full: { template: '{{version}}-{{os}}' },
      sha: false,
      minor: false,
      major: false,
      latest: { template: '{{os}}' },
    },
  });
  const read = (tag: string): unknown => {
    const reading = tagGrammar(image)(tag);
    return reading === null ? null : [reading.rule.name, reading.version, reading.axes];
  };
  expect(read('9.9.9')).toEqual(['full', '9.9.9', {}]);
  expect(read('9.9.9-trixie')).toEqual(['full', '9.9.9', { os: 'trixie' }]);
  expect(read('9.9.9-alpine')).toEqual(['full', '9.9.9', { os: 'alpine3.24' }]);
  expect(read('alpine')).toEqual(['latest', null, { os: 'alpine3.24' }]);
});

test('a tag that fits many ways, and none in the end, takes no time', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const image = imageOf({
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
    tagPattern: `^v${names.map((name) => `(?<${name}>[a-z0-9]+)`).join('-')}-(?<version>.*)$`,
    rules: { full: { template: `${names.map((name) => `{{${name}}}`).join('-')}-{{version}}-{{a}}-x` }, sha: false },
  });
  const read = tagGrammar(image);
  expect(read('1-b-c-d-e-f-g-h-1.2.3-1-x')).toMatchObject({ version: '1.2.3' });
  expect(read('1-b-c-d-e-f-g-h-1.2.3-2-x')).toBeNull();
  const startMs = performance.now();
  expect(read(`${'1-'.repeat(63)}y`)).toBeNull();
  expect(performance.now() - startMs).toBeLessThan(1000);
});
