import { describe, expect, test } from 'vitest';
import type { Problem } from '../../src/domain/errors.ts';
import { checkBaseImage, checkBuildArg, checkLabel } from '../../src/render/build-values.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

describe('base images', () => {
  test.each([
    'python:3.12-slim',
    'python:${PYTHON}-slim',
    'continuumio/miniconda3:26.5.3',
    'ghcr.io/acme/base',
    'localhost:5000/base:1',
    `python@${digest}`,
    `docker.io/library/python:3.12-slim@${digest}`,
    'scratch',
  ])('%s may be built on', (text) => {
    expect(checkBaseImage(text, 'flavors.x.base')).toEqual([]);
  });

  test.each([
    { text: '', fault: 'it is empty' },
    { text: 'python 3', fault: 'it has a space' },
    { text: 'python AS x', fault: 'it has a space' },
    { text: 'python:3\nRUN id', fault: 'it has a line break or control character' },
    { text: 'python:3\u2028RUN id', fault: 'it has a line break or control character' },
    { text: '--platform=linux/arm64', fault: 'it starts with -, which reads as an option' },
    { text: '-python', fault: 'it starts with -, which reads as an option' },
    { text: 'python:$PYTHON', fault: 'it may contain only ${NAME}, with NAME of capital letters, digits and _' },
    { text: 'python:${PYTHON:-3}', fault: 'it may contain only ${NAME}, with NAME of capital letters, digits and _' },
    { text: 'python:3$(id)', fault: 'it may contain only ${NAME}, with NAME of capital letters, digits and _' },
    { text: 'python:-3', fault: '"-3" is not a tag' },
    { text: 'python:', fault: '"" is not a tag' },
    { text: 'python@sha256:abc', fault: 'after @ a digest is expected, sha256: and 64 hex digits' },
    { text: `python@${digest}@${digest}`, fault: 'after @ a digest is expected, sha256: and 64 hex digits' },
    { text: 'Python:3', fault: '"Python" has upper-case letters' },
    { text: 'https://example.com/python', fault: '"https://example.com/python" has a scheme' },
    { text: '"python"', fault: '"library/\\"python\\"" in "\\"python\\"" is no repository name' },
    { text: '../python', fault: '".." in "../python" is not a host' },
  ])('$text may not', ({ text, fault }) => {
    const problems = checkBaseImage(text, 'flavors.x.base');
    const message = `${JSON.stringify(text).replace('\u2028', '\\u2028')} is no base image: ${fault}`;
    expect(problems).toEqual([
      {
        code: 'REFERENCE_INVALID',
        where: 'flavors.x.base',
        message,
        fix: "write name:tag, such as 'python:3.12-slim'",
      },
    ]);
  });
});

const fix = 'write one line of text without quotes';
const faults = [
  { value: 'a\nRUN echo PWNED', fault: 'has the character "\\n", which would end its line' },
  { value: 'a\r', fault: 'has the character "\\r", which would end its line' },
  { value: 'a\0b', fault: 'has the character "\\u0000", which would end its line' },
  { value: '3.1.0" x="', fault: 'has a ", which would end its quotation' },
  { value: 'ends here\\', fault: 'ends with \\, which would join the next line to it' },
];

describe('labels', () => {
  test.each([
    { key: 'org.opencontainers.image.version', value: '3.1.0' },
    { key: 'io.tagwright.python', value: '' },
    { key: 'a', value: 'C:\\temp, 100 % of $HOME and `id`' },
  ])('$key=$value is fine', ({ key, value }) => {
    expect(checkLabel(key, value, 'labels')).toEqual([]);
  });

  test.each(faults)('a value: $fault', ({ value, fault }) => {
    expect(checkLabel('a.b', value, 'labels')).toEqual([
      { code: 'LABEL_INVALID', where: 'labels', message: `the label "a.b" ${fault}`, fix },
    ]);
  });

  test.each(['', 'A.b', 'a b', 'a=b', 'a\nb', 'a"b', '.a', 'a-', 'a_b', 'ä'])('the key %j is not', (key) => {
    expect(checkLabel(key, 'x', 'labels').map((problem) => problem.code)).toEqual(['LABEL_INVALID']);
  });

  test('a bad key with a bad value is two problems', () => {
    expect(checkLabel('A', '"', 'labels')).toHaveLength(2);
  });
});

describe('build arguments', () => {
  test.each([
    { name: 'VERSION', value: '3.1.0' },
    { name: '_x1', value: '1.0 --index-url http://evil is one word to a quoted "$VERSION"'.replaceAll('"', "'") },
  ])('$name=$value is fine', ({ name, value }) => {
    expect(checkBuildArg(name, value, 'args')).toEqual([]);
  });

  test.each(faults)('a value: $fault', ({ value, fault }) => {
    expect(checkBuildArg('VERSION', value, 'args')).toEqual([
      { code: 'BUILD_ARG_INVALID', where: 'args', message: `the build argument "VERSION" ${fault}`, fix },
    ]);
  });

  test.each(['', '1A', 'A-B', 'A.B', 'A B', 'A=B', '--push'])('the name %j is not', (name) => {
    expect(checkBuildArg(name, 'x', 'args').map((problem) => problem.code)).toEqual(['BUILD_ARG_INVALID']);
  });
});

describe('what looks like a credential', () => {
  const key = 'PRIVATE KEY';
  // Put together here, so that no scanner takes this file for a leak.
  const rows = [
    { kind: 'a GitHub token', value: `ghp_${'x1'.repeat(18)}` },
    { kind: 'a GitHub token', value: `github_pat_${'x1'.repeat(20)}` },
    { kind: 'a Docker Hub token', value: `dckr_pat_${'x1'.repeat(12)}` },
    { kind: 'an npm token', value: `npm_${'x1'.repeat(18)}` },
    { kind: 'a PyPI token', value: `pypi-${'x1'.repeat(30)}` },
    { kind: 'a private key', value: `-----BEGIN RSA ${key}-----` },
    { kind: 'a URL with a password', value: 'https://me:hunter2@example.com/simple' },
    { kind: 'a GitHub token', value: `https://x-access-token/ghp_${'x1'.repeat(18)}` },
  ];
  test.each(rows)('$kind', ({ kind, value }) => {
    const [arg, label] = [checkBuildArg('A', value, 'args'), checkLabel('a', value, 'labels')];
    const expected = (what: string, where: string): Problem => ({
      code: 'SECRET_IN_BUILD',
      where,
      message: `${what} looks like it holds ${kind}, which everybody who pulls the image could read`,
      fix: 'pass secrets with a secret mount (RUN --mount=type=secret)',
    });
    expect([...arg, ...label]).toEqual([
      expected('the build argument "A"', 'args'),
      expected('the label "a"', 'labels'),
    ]);
    expect(JSON.stringify([arg, label])).not.toContain(value);
  });

  test.each(['npm_config_registry', 'https://example.com:8080/x@y', 'sha-0a1b2c', 'ghp', 'tokens are good'])(
    '%s does not',
    (value) => {
      expect(checkBuildArg('A', value, 'args')).toEqual([]);
    },
  );
});

test.each(['PIP_TOKEN', 'token', 'DB_PASSWORD', 'AWS_SECRET_ACCESS_KEY', 'API_KEY', 'CLIENT_SECRET'])(
  'an argument with the name of a secret is refused: %s',
  (name) => {
    expect(checkBuildArg(name, 'x', 'here').map(({ code }) => code)).toEqual(['SECRET_IN_BUILD']);
    expect(checkBuildArg(name, '', 'here')).toEqual([]);
  },
);

test.each(['TOKEN_URL', 'TOKENIZER', 'PASSWORD_POLICY', 'SECRETARY', 'PUBLIC_KEY', 'KEYS'])(
  'one that is only about secrets is not: %s',
  (name) => {
    expect(checkBuildArg(name, 'x', 'here')).toEqual([]);
  },
);
