/** Turns of phrase that a reader stumbles over, in everything that people read: messages, help, comments and documents. */
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../', import.meta.url);
const folders = ['src', 'docs', 'scripts', 'bench', 'examples', 'images', '.github'];

/** Each with an example of what it finds, and what to write instead. */
const banned: readonly { readonly turn: RegExp; readonly example: string; readonly instead: string }[] = [
  {
    turn: /(?<!\bthere )\b(?:is no (?:version|tag|release|digest|commit|file|valid)|are no releases)\b(?! but)/i,
    example: '"1.0" is no version',
    instead: '"1.0" is not a version',
  },
  {
    turn: /\bstands? (?:on|at|in|beside)\b/i,
    example: 'the tag stands on it',
    instead: 'points to, is in, is next to',
  },
  { turn: /\bc[oa]me to be\b/i, example: 'it came to be sha256:…', instead: 'it became' },
  { turn: /\bwhat is known of\b/i, example: 'What is known of releases.', instead: 'what is known about, or a noun' },
  { turn: /\bfor who\b/i, example: 'for who writes it', instead: 'if you write it' },
  { turn: /\bmend(?:s|ed|ing)?\b/i, example: 'the move mends it', instead: 'fix' },
  { turn: /\bwould not say\b/i, example: 'the registry would not say', instead: 'did not answer' },
  {
    turn: /\b(?:failed|ends|as) in the outside\b|\bthe outside (?:failed|world)\b/i,
    example: 'the outside failed',
    instead: 'an external service failed',
  },
  { turn: /\byesterday's\b/i, example: "yesterday's news", instead: 'an old answer' },
  { turn: /\bmain tag\b/i, example: 'its main tag', instead: 'full tag' },
  { turn: /\bmake good\b/i, example: 'to make good', instead: 'fix' },
  { turn: /\bwas told to\b/i, example: 'it was told to fail', instead: 'was set to' },
  {
    turn: /\bdoes not fit what stands\b/i,
    example: 'its sum does not fit what stands before it',
    instead: 'checksum mismatch',
  },
  { turn: /\bbug of tagwright\b/i, example: 'a bug of tagwright', instead: 'a bug in tagwright' },
];

const files = [
  ...folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  ),
  ...readdirSync(root).filter((name) => name !== 'CHANGELOG.md'),
].filter((name) => /\.(?:ts|mjs|md|ya?ml|sh)$/.test(name));

test.each(banned)('nothing says $turn', ({ turn, instead }) => {
  const found = files.flatMap((name) =>
    readFileSync(new URL(name, root), 'utf8')
      .split('\n')
      .flatMap((line, index) => (turn.test(line) ? [`${name}:${index + 1} ${line.trim()} (write: ${instead})`] : [])),
  );
  expect(found).toEqual([]);
});

test.each(banned)('$turn finds "$example"', ({ turn, example }) => {
  expect(turn.test(example)).toBe(true);
});

test('the files that people read are among them', () => {
  expect(files).toEqual(expect.arrayContaining(['README.md', 'docs/audit.md', 'src/cli/flags.ts', 'action.yml']));
});

const nouns =
  'tags|images|repositories|releases|cells|moves|findings|lines|rules|requests|platforms|builds|files|commits|jobs|versions|manifests|statements|rows|texts|names|others|reasons|attestations|pushes|targets';
const number = String.raw`\$\{(?:[\w.]*\.(?:length|size)(?: - \w+)?|[a-z]*(?:count|left|more|unknown|waiting|untold|missing|moved|staged|total|number|others|unseen|builds|combinations)|[a-z]+Count)\}`;
const counted = new RegExp(
  `${number} (?:of \\$\\{[^}]*\\} )?(?:(?:more|other|older|pinned|moving|convenience) )*(?:${nouns})\\b`,
);
/** Beyond a limit there are always several, and so where the line itself has the other case. */
const always = /at most|the limit is|max[A-Z]|=== 1 \?|listed\(|none of the/;

test('a number stands before one tag or several tags, as count writes it', () => {
  const found = files
    .filter((name) => /^src\/(?!browser\/).*\.ts$/.test(name) && !name.endsWith('page/script.ts'))
    .flatMap((name) => {
      const lines = readFileSync(new URL(name, root), 'utf8').split('\n');
      return lines.flatMap((line, index) =>
        counted.test(line) && !always.test(line) ? [`${name}:${index + 1} ${line.trim()}`] : [],
      );
    });
  expect(found).toEqual([]);
});

test('the search for numbers finds them', () => {
  expect('`${waiting} convenience tags were not moved`').toMatch(counted);
  expect('`${a.length} of ${b.length} images have`').toMatch(counted);
  expect("`${count(waiting, 'tag')} moved`").not.toMatch(counted);
});
