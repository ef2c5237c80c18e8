/** What a Dockerfile owes its cells, as a table: one row a way to break it, and one a way to keep it that looks like it. */
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../src/domain/errors.ts';
import { contractProblems, type ContractCell } from '../../src/render/contract.ts';

interface Row {
  readonly why: string;
  readonly text: string;
  readonly target?: string;
  readonly base?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

/** Two Pythons of one release. */
function cellsOf({ target, base, args = {} }: Row): ContractCell[] {
  return ['3.10', '3.11'].map((python) => ({
    release: '1.0.0',
    axes: { python, flavor: 'standard' },
    target: target ?? null,
    args: { VERSION: '1.0.0', PYTHON: python, FLAVOR: 'standard', ...args },
    ownArgs: Object.keys(args),
    from: '',
    shared: [],
    bases: base === undefined ? [] : [base.replace('PYTHON', python)],
  }));
}

const from = 'ARG PYTHON=3.9\nFROM python:${PYTHON}-slim\n';
const same = (path = 'Dockerfile'): string =>
  `CELLS_IDENTICAL  ${path}: builds the same image for python 3.10, 3.11: no stage declares ARG PYTHON; declare ARG PYTHON in the stage that uses it, or before FROM if a FROM line does`;

const rows: readonly Row[] = [
  { why: 'the base is chosen by the axis', text: from, problems: [] },
  { why: 'a stage declares the argument', text: 'FROM a:1\nARG PYTHON\nRUN echo $PYTHON', problems: [] },
  { why: 'it is declared with others on one line', text: 'FROM a:1\nARG VERSION PYTHON=3\nRUN ls', problems: [] },
  {
    why: 'a default of an argument in FROM names it',
    text: `ARG PYTHON\nARG TAG=\${PYTHON}-slim\nFROM a:$TAG`,
    problems: [],
  },
  {
    why: 'a stage that the last one copies from declares it',
    text: `FROM a AS b\nARG PYTHON\nRUN ls\nFROM scratch\nCOPY --from=b / /`,
    problems: [],
  },
  {
    why: 'a stage that a mount reads declares it',
    text: `FROM a AS b\nARG PYTHON\nFROM a\nRUN --mount=from=B,target=/b ls`,
    problems: [],
  },
  { why: 'a stage below declares it by ONBUILD', text: `FROM a AS b\nONBUILD ARG PYTHON\nFROM b`, problems: [] },
  { why: 'another frontend reads the file', text: '# syntax=example.com/other:1\nBUILD x', problems: [] },
  { why: 'no stage declares it', text: 'FROM a:1\nARG VERSION\nRUN pip install app==$VERSION', problems: [same()] },
  { why: 'it stands before FROM, and no FROM line uses it', text: 'ARG PYTHON\nFROM a:1\nRUN ls', problems: [same()] },
  {
    why: 'only a stage that is not built declares it',
    text: 'FROM a AS b\nARG PYTHON\nFROM scratch\nCOPY x y',
    problems: [same()],
  },
  {
    why: 'it is in a comment and in a heredoc',
    text: 'FROM a\n# ARG PYTHON\nRUN <<E\nARG PYTHON\nE',
    problems: [same()],
  },
  {
    why: 'the target is another stage than the one that declares it',
    text: 'FROM a AS one\nRUN ls\nFROM a AS two\nARG PYTHON',
    target: 'one',
    problems: [same()],
  },
  {
    why: 'a target that no stage has',
    text: `${from.trim()} AS build\nFROM build AS final`,
    target: 'finall',
    problems: ['TARGET_UNKNOWN  Dockerfile: has no stage "finall"; its stages are build, final'],
  },
  { why: 'a target by its number', text: `${from}FROM b`, target: '0', problems: [] },
  {
    why: 'an argument that nothing declares',
    text: from,
    args: { EXTRA: 'a', PYTHON_EXTRA: 'b' },
    problems: ['EXTRA', 'PYTHON_EXTRA'].map(
      (name) =>
        `ARGUMENT_UNDECLARED  Dockerfile: no stage declares ARG ${name}, which the config sets; declare it in the stage that uses it, or take it out of args`,
    ),
  },
  {
    why: "an argument that is BuildKit's own",
    text: from,
    args: { HTTPS_PROXY: 'x', BUILDKIT_INLINE_CACHE: '1' },
    problems: [],
  },
  { why: 'the base as the config names it', text: from, base: 'python:PYTHON-slim', problems: [] },
  {
    why: 'the base with its registry, and a digest',
    text: `ARG PYTHON\nFROM docker.io/library/python:$PYTHON-slim@sha256:${'a'.repeat(64)}`,
    base: 'python:PYTHON-slim',
    problems: [],
  },
  { why: 'the base without a tag', text: 'FROM debian\nARG PYTHON', base: 'debian:latest', problems: [] },
  {
    why: 'the base of a stage that is needed',
    text: `ARG PYTHON\nFROM python:$PYTHON AS b\nFROM scratch\nCOPY --from=b / /`,
    base: 'python:PYTHON',
    problems: [],
  },
  {
    why: 'a base that the platform chooses',
    text: `ARG PYTHON\nFROM base-$TARGETARCH:$PYTHON`,
    base: 'python:PYTHON',
    problems: [],
  },
  {
    why: 'a base that is written down',
    text: 'FROM python:3.10-slim\nARG PYTHON',
    base: 'python:PYTHON-slim',
    problems: [
      "BASE_IGNORED  Dockerfile: the config says that the base is python:3.11-slim, and this is built from python:3.10-slim; write FROM python:3.11-slim, with the cell's build arguments in it, or correct base in the config",
    ],
  },
  {
    why: 'nothing',
    text: '',
    problems: ['DOCKERFILE_INVALID  Dockerfile: is empty; a Dockerfile begins with FROM, after ARG at most'],
  },
  {
    why: 'comments alone',
    text: '# FROM a\n\n',
    problems: ['DOCKERFILE_INVALID  Dockerfile: is empty; a Dockerfile begins with FROM, after ARG at most'],
  },
  {
    why: 'something else',
    text: '{"a": 1}',
    problems: [
      'DOCKERFILE_INVALID  Dockerfile:1: "{\\"a\\":" is not an instruction; expected an instruction of a Dockerfile, such as RUN',
      'DOCKERFILE_INVALID  Dockerfile: has no FROM; a Dockerfile begins with FROM, after ARG at most',
    ],
  },
  {
    why: 'RUN before FROM',
    text: `RUN ls\n${from}`,
    problems: ['DOCKERFILE_INVALID  Dockerfile:1: RUN stands before the first FROM; only ARG may come before FROM'],
  },
  {
    why: 'an instruction without its argument',
    text: `${from}RUN\nCMD`,
    problems: ['DOCKERFILE_INVALID  Dockerfile:3: RUN has no argument; complete it, or take it out'],
  },
];

test.each(rows)('$why', (row) => {
  const problems = contractProblems([{ path: 'Dockerfile', text: row.text, cells: cellsOf(row) }], true);
  expect(problems.map(formatProblem)).toEqual(row.problems);
});

describe('of several Dockerfiles', () => {
  const [made] = rows;
  const cells = made === undefined ? [] : cellsOf({ ...made, args: { EXTRA: 'a' } });
  const without = { path: 'a.Dockerfile', text: from, cells };
  const declared = { path: 'b.Dockerfile', text: `${from}ARG EXTRA`, cells };

  test('one declares the argument', () => {
    expect([contractProblems([without, declared], true), contractProblems([declared, without], true)]).toEqual([
      [],
      [],
    ]);
  });

  test('none does, and one is not at hand', () => {
    expect(contractProblems([without], false)).toEqual([]);
  });

  test('cells that are built from other contexts are not the same', () => {
    const two = cells.map((cell, index) => ({ ...cell, from: String(index), ownArgs: [] }));
    expect(contractProblems([{ path: 'Dockerfile', text: 'FROM a', cells: two }], true)).toEqual([]);
  });

  test('cells of two releases are not compared', () => {
    const two = cells.map((cell, index) => ({ ...cell, release: String(index), ownArgs: [] }));
    expect(contractProblems([{ path: 'Dockerfile', text: 'FROM a', cells: two }], true)).toEqual([]);
  });
});
