/** Runs that keep a note or an issue at the same time, in every order that their requests can reach the forge in. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepComment, keepIssue, type AuditDocument } from '../../../src/commands/note/keep-note.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import type { CommentBoard, IssueBoard, NewNote, Note } from '../../../src/ports.ts';
import type { NoteFrame } from '../../../src/report/note.ts';
import { noFindings } from '../../../src/audit/kinds.ts';

const mark = '<!-- tagwright audit matrix.config.ts -->';
const { signal } = new AbortController();

/** What a run says differs from what another says by its link. */
const frameOf = (run: number): NoteFrame => ({ mark, runUrl: `https://forge.example/jobs/${run}`, whole: 'the log' });

const document: AuditDocument = {
  kind: 'audit',
  reports: [
    {
      schema: 1,
      repository: 'registry.example/acme/app',
      checkedAt: '2026-11-20T10:00:00Z',
      requests: 1,
      summary: { ...noFindings, missing: 1 },
      findings: [
        {
          kind: 'missing',
          tag: '1.0.0',
          rule: 'full',
          expected: { owner: null, digest: null },
          actual: { owner: null, digest: null },
          because: 'it is not there',
          since: null,
          fix: null,
          choices: [],
          excused: null,
        },
      ],
      notes: [],
    },
  ],
};

class Forge {
  notes: Note[] = [];
  #made = 0;
  readonly #turn: <T>(work: () => T) => Promise<T>;

  /** @param turn when a request is carried out */
  constructor(turn: <T>(work: () => T) => Promise<T>) {
    this.#turn = turn;
  }

  /** Comments below the issue. */
  below: Forge | null = null;

  readonly #drop = (id: number): void => {
    this.#find(id);
    this.notes = this.notes.filter((note) => note.id !== id);
  };

  #find(id: number): Note {
    const found = this.notes.find((note) => note.id === id);
    if (found === undefined) throw new OutsideError('SOURCE_FAILED', '404 Not found', { status: 404 });
    return found;
  }

  board(): CommentBoard & IssueBoard {
    return {
      list: () => this.#turn(() => [...this.notes]),
      create: ({ body }: NewNote) =>
        this.#turn(() => {
          const id = (this.#made += 1);
          const note = { id, url: `https://forge.example/${id}`, body, trusted: true };
          this.notes.push(note);
          return note;
        }),
      update: (id, { body }) =>
        this.#turn(() => {
          const note = { ...this.#find(id), body };
          this.notes = this.notes.map((one) => (one.id === id ? note : one));
          return note;
        }),
      remove: (id) => this.#turn(() => this.#drop(id)),
      comments: () => (this.below ??= new Forge(this.#turn)).board(),
      // What is closed already is closed again.
      close: (id, isDone) =>
        this.#turn(() => (isDone ? void (this.notes = this.notes.filter((note) => note.id !== id)) : this.#drop(id))),
    };
  }
}

type Keep = (board: CommentBoard & IssueBoard, run: number) => Promise<string | null>;
const keeps: readonly (readonly [string, Keep])[] = [
  ['note', (board, run) => keepComment(board, document, frameOf(run), signal)],
  ['issue', (board, run) => keepIssue(board, { document, result: 'findings' }, frameOf(run), signal)],
];

test.each(keeps)('of runs that begin together one %s is left, and each run says where it is', async (_, keep) => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, runs) => {
      const forge = new Forge(async (work) => {
        await scheduler.schedule(Promise.resolve());
        return work();
      });
      const said = Promise.all(Array.from({ length: runs }, (__, run) => keep(forge.board(), run)));
      await scheduler.waitFor(said);
      expect(forge.notes).toHaveLength(1);
      expect(new Set(await said)).toEqual(new Set([forge.notes[0]?.url]));
    }),
    { numRuns: 300 },
  );
});

test('of runs that find nothing together one comment is left below the issue, which is closed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, runs) => {
      let isCalm = true;
      const forge = new Forge(async (work) => {
        if (!isCalm) await scheduler.schedule(Promise.resolve());
        return work();
      });
      await keepIssue(forge.board(), { document, result: 'findings' }, frameOf(0), signal);
      isCalm = false;
      const said = Promise.all(
        Array.from({ length: runs }, (_, run) =>
          keepIssue(forge.board(), { document, result: 'as-planned' }, frameOf(run), signal),
        ),
      );
      await scheduler.waitFor(said);
      expect([await said, forge.notes]).toEqual([Array<null>(runs).fill(null), []]);
      expect(forge.below?.notes.map(({ body }) => body)).toEqual([
        'Every tag is as planned again: `registry.example/acme/app`, checked 2026-11-20T10:00:00Z.',
      ]);
    }),
    { numRuns: 300 },
  );
});

test('the run that writes last is the one whose text stays', async () => {
  const forge = new Forge((work) => Promise.resolve().then(work));
  const [comment] = keeps;
  await comment?.[1](forge.board(), 1);
  await comment?.[1](forge.board(), 2);
  expect(forge.notes.map(({ id, body }) => [id, /jobs\/\d/.exec(body)?.[0]])).toEqual([[1, 'jobs/2']]);
});
