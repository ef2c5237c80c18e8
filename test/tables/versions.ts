/** Versions and ranges as both schemes must read them; several tests walk these tables. */
import type { VersionKind } from '../../src/domain/version.ts';

/** Each row ascends strictly; versions in one inner list are equal to each other. */
export const versionOrders: readonly {
  readonly scheme: 'pep440' | 'semver';
  readonly why: string;
  readonly ascending: readonly (readonly string[])[];
}[] = [
  {
    scheme: 'pep440',
    why: 'the order of the specification, every phase of one release',
    ascending: [
      ['1.0.dev1', '1.dev1'],
      ['1.0a1.dev1'],
      ['1.0a1', '1.0-alpha.1', '1.0.0a1'],
      ['1.0a2'],
      ['1.0b1', '1.0beta1'],
      ['1.0rc1', '1.0c1', '1.0-preview1'],
      ['1.0rc1.post1.dev2'],
      ['1.0rc1.post1'],
      ['1.0rc2'],
      ['1.0rc10'],
      ['1.0', '1', '1.0.0', '01.0'],
      ['1.0+a'],
      ['1.0+a.b'],
      ['1.0+1'],
      ['1.0.post1.dev1'],
      ['1.0.post1', '1.0-1', '1.0-r1'],
      ['1.0.post2'],
      ['1.1.dev0'],
      ['1.1'],
    ],
  },
  { scheme: 'pep440', why: 'a number is no text', ascending: [['2.9.0'], ['2.10.0'], ['2.82', '2.82.0']] },
  {
    scheme: 'pep440',
    why: 'an epoch comes before all numbers',
    ascending: [['2023.8'], ['1!0.1'], ['1!1.0'], ['2!0']],
  },
  { scheme: 'pep440', why: 'more than three numbers', ascending: [['1.2.3'], ['1.2.3.0.1'], ['1.2.3.1'], ['1.2.4']] },
  {
    scheme: 'semver',
    why: 'the order of the specification, section 11',
    ascending: [
      ['1.0.0-alpha'],
      ['1.0.0-alpha.1'],
      ['1.0.0-alpha.beta'],
      ['1.0.0-beta'],
      ['1.0.0-beta.2'],
      ['1.0.0-beta.11'],
      ['1.0.0-rc.1', '1.0.0-rc.1+build.5'],
      ['1.0.0', '1.0.0+build.1', '1.0.0+build.2'],
      ['1.0.1'],
      ['1.2.0'],
      ['1.10.0'],
      ['2.0.0-0'],
      ['2.0.0'],
    ],
  },
  {
    scheme: 'semver',
    why: 'an identifier with a letter is text, so rc10 comes before rc9',
    ascending: [['3.0.0-rc1'], ['3.0.0-rc10'], ['3.0.0-rc9'], ['3.0.0']],
  },
];

/** How one text is read; `null` where it is not a version of the scheme. */
export const versionReadings: readonly {
  readonly scheme: 'pep440' | 'semver';
  readonly text: string;
  readonly reads: {
    readonly kind: VersionKind;
    readonly numbers: readonly number[];
    readonly parts: readonly string[];
    readonly extra: string | null;
  } | null;
}[] = [
  {
    scheme: 'pep440',
    text: '2.11.5',
    reads: { kind: 'final', numbers: [2, 11, 5], parts: ['2', '11', '5'], extra: null },
  },
  { scheme: 'pep440', text: '2.82', reads: { kind: 'final', numbers: [2, 82, 0], parts: ['2', '82'], extra: null } },
  { scheme: 'pep440', text: '3', reads: { kind: 'final', numbers: [3, 0, 0], parts: ['3'], extra: null } },
  {
    scheme: 'pep440',
    text: '2023.08.01',
    reads: { kind: 'final', numbers: [2023, 8, 1], parts: ['2023', '08', '01'], extra: null },
  },
  {
    scheme: 'pep440',
    text: '1.2.3.4',
    reads: { kind: 'final', numbers: [1, 2, 3, 4], parts: ['1', '2', '3', '4'], extra: null },
  },
  {
    scheme: 'pep440',
    text: '2.6.9.post1',
    reads: { kind: 'post', numbers: [2, 6, 9], parts: ['2', '6', '9'], extra: null },
  },
  {
    scheme: 'pep440',
    text: '2.6.9-1',
    reads: { kind: 'post', numbers: [2, 6, 9], parts: ['2', '6', '9'], extra: null },
  },
  {
    scheme: 'pep440',
    text: '3.0.0rc10',
    reads: { kind: 'pre', numbers: [3, 0, 0], parts: ['3', '0', '0'], extra: null },
  },
  { scheme: 'pep440', text: '2.0b1', reads: { kind: 'pre', numbers: [2, 0, 0], parts: ['2', '0'], extra: null } },
  {
    scheme: 'pep440',
    text: '3.0.0rc1.post2',
    reads: { kind: 'pre', numbers: [3, 0, 0], parts: ['3', '0', '0'], extra: null },
  },
  {
    scheme: 'pep440',
    text: '3.0.0.dev4',
    reads: { kind: 'dev', numbers: [3, 0, 0], parts: ['3', '0', '0'], extra: null },
  },
  {
    scheme: 'pep440',
    text: '3.0.0rc1.dev4',
    reads: { kind: 'dev', numbers: [3, 0, 0], parts: ['3', '0', '0'], extra: null },
  },
  { scheme: 'pep440', text: '1!3.0', reads: { kind: 'final', numbers: [3, 0, 0], parts: ['3', '0'], extra: '1!' } },
  {
    scheme: 'pep440',
    text: '3.0+cu118',
    reads: { kind: 'final', numbers: [3, 0, 0], parts: ['3', '0'], extra: '+cu118' },
  },
  {
    scheme: 'pep440',
    text: '1!3.0rc1+x.1',
    reads: { kind: 'pre', numbers: [3, 0, 0], parts: ['3', '0'], extra: '1! and +x.1' },
  },
  { scheme: 'pep440', text: 'v2.11.5', reads: null },
  { scheme: 'pep440', text: 'V2', reads: null },
  { scheme: 'pep440', text: '3.1.0-x_y', reads: null },
  { scheme: 'pep440', text: '', reads: null },
  { scheme: 'pep440', text: 'latest', reads: null },
  { scheme: 'pep440', text: ' 2.11.5', reads: null },
  { scheme: 'pep440', text: '2.11.5\n', reads: null },
  { scheme: 'pep440', text: '2.11.', reads: null },
  { scheme: 'pep440', text: '2..5', reads: null },
  { scheme: 'pep440', text: '9007199254740993.0', reads: null },
  { scheme: 'pep440', text: '1.0.post9007199254740993', reads: null },
  { scheme: 'pep440', text: `1.0+${'a'.repeat(300)}`, reads: null },
  {
    scheme: 'semver',
    text: '2.11.5',
    reads: { kind: 'final', numbers: [2, 11, 5], parts: ['2', '11', '5'], extra: null },
  },
  {
    scheme: 'semver',
    text: '3.0.0-rc.1',
    reads: { kind: 'pre', numbers: [3, 0, 0], parts: ['3', '0', '0'], extra: null },
  },
  {
    scheme: 'semver',
    text: '3.0.0-dev',
    reads: { kind: 'pre', numbers: [3, 0, 0], parts: ['3', '0', '0'], extra: null },
  },
  {
    scheme: 'semver',
    text: '3.1.0+dirty',
    reads: { kind: 'final', numbers: [3, 1, 0], parts: ['3', '1', '0'], extra: '+dirty' },
  },
  {
    scheme: 'semver',
    text: '3.1.0-rc.1+a.2',
    reads: { kind: 'pre', numbers: [3, 1, 0], parts: ['3', '1', '0'], extra: '+a.2' },
  },
  { scheme: 'semver', text: 'v3.1.0', reads: null },
  { scheme: 'semver', text: '=3.1.0', reads: null },
  { scheme: 'semver', text: ' 3.1.0', reads: null },
  { scheme: 'semver', text: '3.1.0\n', reads: null },
  { scheme: 'semver', text: '3.1', reads: null },
  { scheme: 'semver', text: '3.01.0', reads: null },
  { scheme: 'semver', text: '3.1.0-01', reads: null },
  { scheme: 'semver', text: '3.1.0rc1', reads: null },
  { scheme: 'semver', text: '9007199254740993.0.0', reads: null },
  { scheme: 'semver', text: '', reads: null },
];

/** What a range holds and what it does not. */
export const versionRanges: readonly {
  readonly scheme: 'pep440' | 'semver';
  readonly range: string;
  readonly holds: readonly string[];
  readonly lacks: readonly string[];
}[] = [
  {
    scheme: 'pep440',
    range: '>=2.7.10 <3',
    holds: ['2.7.10', '2.12.0rc1', '2.20.25', '3.0.0rc1'],
    lacks: ['2.7.9', '2.7.10rc1', '3', '3.0.0', '3.0.0.post1', '1!2.8'],
  },
  { scheme: 'pep440', range: '>=2.7.10,<3', holds: ['2.7.10', '2.20.25'], lacks: ['2.7.9', '3.0.0'] },
  { scheme: 'pep440', range: ' >= 2.7.10 ,  < 3 ', holds: ['2.7.10', '2.20.25'], lacks: ['2.7.9', '3.0.0'] },
  { scheme: 'pep440', range: '>=2 <3.dev0', holds: ['2.20.25'], lacks: ['3.0.0.dev0', '3.0.0rc1', '3.0.0'] },
  { scheme: 'pep440', range: '<2.10.20', holds: ['2.10.19', '2.9.0', '2.10.20rc1'], lacks: ['2.10.20', '2.11.0'] },
  { scheme: 'pep440', range: '>2.10', holds: ['2.10.1', '2.10.post1', '2.11'], lacks: ['2.10', '2.10.0', '2.9'] },
  { scheme: 'pep440', range: '<=2.10', holds: ['2.10.0', '2.9'], lacks: ['2.10.1', '2.10.post1'] },
  { scheme: 'pep440', range: '2.82', holds: ['2.82', '2.82.0'], lacks: ['2.8.2', '2.82.1', '2.82rc1'] },
  { scheme: 'pep440', range: '==2.82', holds: ['2.82'], lacks: ['2.82.1', '2.82+x'] },
  { scheme: 'pep440', range: '==2.7.*', holds: ['2.7', '2.7.10', '2.7.0rc1'], lacks: ['2.70', '2.8', '1!2.7.1'] },
  { scheme: 'pep440', range: '2.0.*', holds: ['2', '2.0.5'], lacks: ['2.1'] },
  { scheme: 'pep440', range: '!=2.7.*', holds: ['2.8', '2.6'], lacks: ['2.7', '2.7.10'] },
  { scheme: 'pep440', range: '>=2 !=2.6.10', holds: ['2.6.9', '2.6.11'], lacks: ['2.6.10', '1.9'] },
  { scheme: 'pep440', range: '~=2.7', holds: ['2.7', '2.20.25'], lacks: ['2.6', '3.0', '2.7rc1'] },
  { scheme: 'pep440', range: '~=2.7.10', holds: ['2.7.10', '2.7.11rc1'], lacks: ['2.7.9', '2.8.0'] },
  { scheme: 'pep440', range: '~=1!2.7', holds: ['1!2.8'], lacks: ['2.8', '1!3.0'] },
  { scheme: 'pep440', range: '>=1!2', holds: ['1!2.0', '2!0'], lacks: ['3.0', '1!1.9'] },
  { scheme: 'pep440', range: '<2.6 || ==2.8.2', holds: ['2.5.9', '2.8.2'], lacks: ['2.6', '2.8.1'] },
  { scheme: 'pep440', range: '*', holds: ['0', '2.82', '3.0.0.dev1', '1!0'], lacks: [] },
  {
    scheme: 'semver',
    range: '>=2.7.10 <3',
    holds: ['2.7.10', '2.12.0-rc.1', '3.0.0-rc.1'],
    lacks: ['2.7.9', '2.7.10-rc.1', '3.0.0'],
  },
  { scheme: 'semver', range: '>=2.7.10,<3.0.0-0', holds: ['2.20.25'], lacks: ['3.0.0-0', '3.0.0-rc.1', '3.0.0'] },
  { scheme: 'semver', range: '^1.2.3', holds: ['1.2.3', '1.9.0', '1.9.0-rc.1'], lacks: ['1.2.2', '2.0.0-0', '2.0.0'] },
  { scheme: 'semver', range: '^0.3', holds: ['0.3.0', '0.3.9'], lacks: ['0.4.0', '1.0.0'] },
  { scheme: 'semver', range: '~1.2', holds: ['1.2.0', '1.2.9'], lacks: ['1.3.0', '1.3.0-rc.1'] },
  { scheme: 'semver', range: '1.2', holds: ['1.2.0', '1.2.9'], lacks: ['1.3.0', '1.1.9'] },
  { scheme: 'semver', range: '1.2.x', holds: ['1.2.0', '1.2.9'], lacks: ['1.3.0'] },
  { scheme: 'semver', range: '1.2.3', holds: ['1.2.3', '1.2.3+build'], lacks: ['1.2.4', '1.2.3-rc.1'] },
  { scheme: 'semver', range: '==1.2.3', holds: ['1.2.3'], lacks: ['1.2.4'] },
  { scheme: 'semver', range: '=1.2.3', holds: ['1.2.3'], lacks: ['1.2.4'] },
  { scheme: 'semver', range: '!=1.2.3', holds: ['1.2.4'], lacks: ['1.2.3'] },
  { scheme: 'semver', range: '>=1 !=1.2', holds: ['1.3.0'], lacks: ['1.2.0', '1.2.7', '0.9.0'] },
  { scheme: 'semver', range: '<1 || ^3', holds: ['0.9.0', '3.1.0'], lacks: ['1.0.0', '2.0.0', '4.0.0'] },
  { scheme: 'semver', range: '>1.2', holds: ['1.3.0', '1.3.0-rc.1'], lacks: ['1.2.0', '1.2.9'] },
  { scheme: 'semver', range: '>=3', holds: ['3.0.0', '4.0.0'], lacks: ['3.0.0-rc.1', '2.9.0'] },
  { scheme: 'semver', range: '*', holds: ['0.0.0', '3.0.0-rc.1'], lacks: [] },
];

/** Texts that are no range. */
export const brokenRanges: readonly { readonly scheme: 'pep440' | 'semver'; readonly range: string }[] = [
  ...['', ' ', '>=', 'garbage', '>=2,', ',>=2', '>=2,,<3', '>=v2', '^2.0', '=2', '===2', '~2', '>=2.7.*', '~=2'].map(
    (range) => ({ scheme: 'pep440', range }) as const,
  ),
  ...['>=2 || ', '|| >=2', '>=2<3', '2.0 - 3.0', '=>2', '<>2', '2.x', '>=2 and <3'].map(
    (range) => ({ scheme: 'pep440', range }) as const,
  ),
  ...[
    '',
    '>=',
    'garbage',
    '>=2,',
    '>=v2',
    'v2',
    '~=2.7',
    '~>2',
    '===2.0.0',
    '>=2 || ',
    '1.0 - 2.0',
    '>=2.0.0rc1',
    '<*',
    '>=x',
    'x',
  ].map((range) => ({ scheme: 'semver', range }) as const),
];
