/** One comment with a plan, one issue with the findings of an audit: written anew by each run, on whatever forge. */
import { isQuiet } from '../../audit/kinds.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { CommentBoard, IssueBoard, NewNote, Note, NoteBoard } from '../../ports.ts';
import { documentMarkdown } from '../../report/document-markdown.ts';
import type { ReportDocument } from '../../report/document.ts';
import { noteMarkdown, type NoteFrame } from '../../report/note.ts';

export type AuditDocument = Extract<ReportDocument, { kind: 'audit' }>;

/**
 * @returns where it is
 * @throws {OutsideError} NOTE_FAILED
 */
export function keepComment(
  board: CommentBoard,
  document: ReportDocument,
  frame: NoteFrame,
  signal: AbortSignal,
): Promise<string> {
  return named('comment', async () => {
    const note = { title: '', body: noteMarkdown(documentMarkdown(document), frame) };
    return writeOne(board, note, frame.mark, (id) => board.remove(id, signal), signal);
  });
}

export interface Audited {
  readonly document: AuditDocument;
  /** Of the audit; without findings the issue is closed. */
  readonly result: string;
}

/**
 * @returns where it is; `null` if there is nothing to write
 * @throws {OutsideError} NOTE_FAILED
 */
export function keepIssue(
  board: IssueBoard,
  { document, result }: Audited,
  frame: NoteFrame,
  signal: AbortSignal,
): Promise<string | null> {
  return named('issue', async () => {
    const { reports } = document;
    if (result === 'as-planned') {
      const found = await findOurs(board, frame.mark, signal);
      const start = `Every tag is as planned again: ${namesOf(reports)}, checked `;
      for (const { id } of found) {
        // Another run may find the same, and say so, before the issue is closed.
        const comments = board.comments(id);
        const note = { title: '', body: `${start}${reports[0].checkedAt}.` };
        await writeOne(comments, note, start, (one) => comments.remove(one, signal), signal);
        await board.close(id, true, signal);
      }
      return null;
    }
    // A registry that was out of reach for a night is no finding, and no reason to take one back.
    const findings = reports.flatMap((report) => report.findings);
    if (!findings.some(({ kind, excused }) => excused === null && kind !== 'unknown' && !isQuiet(kind))) return null;
    return writeOne(board, noteOf(document, frame), frame.mark, (id) => board.close(id, false, signal), signal);
  });
}

/** What failed is the note, whatever the forge said. */
async function named<T>(kind: 'comment' | 'issue', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code !== 'SOURCE_FAILED') throw error;
    throw new OutsideError('NOTE_FAILED', `the ${kind} was not written: ${error.message}`, error.facts, {
      cause: error,
    });
  }
}

function noteOf(document: AuditDocument, frame: NoteFrame): NewNote {
  const body = noteMarkdown(documentMarkdown(document), frame);
  return {
    title: `Tags of ${document.reports.map(({ repository }) => repository).join(', ')} are not as planned`,
    body,
  };
}

function namesOf(reports: AuditDocument['reports']): string {
  return reports.map(({ repository }) => `\`${repository}\``).join(', ');
}

const mostTries = 3;

/**
 * Leaves one text with the mark, also if two runs write at once: the oldest, whose number all of them see alike. A run
 * that made a later one puts its text into the oldest and takes its own away.
 *
 * @param drop takes a further text with the mark away
 * @returns where it is
 */
async function writeOne(
  board: NoteBoard,
  note: NewNote,
  mark: string,
  drop: (id: number) => Promise<void>,
  signal: AbortSignal,
): Promise<string> {
  let made: Note | null = null;
  for (let tries = 1; ;) {
    const listed = await findOurs(board, mark, signal);
    // What was just made counts, also where a list does not show it yet.
    const own = made !== null && !listed.some(({ id }) => id === made?.id) ? [made] : [];
    const [oldest, ...others] = [...listed, ...own].toSorted((a, b) => a.id - b.id);
    try {
      if (oldest === undefined) {
        made = await board.create(note, signal);
        continue;
      }
      const { url } = oldest.id === made?.id ? made : await board.update(oldest.id, note, signal);
      for (const { id } of others) await unlessGone(drop(id));
      return url;
    } catch (error) {
      // What was deleted meanwhile is made anew.
      const again = oldest === undefined ? mayBeSentAgain(error) : statusOf(error) === 404;
      if (tries === mostTries || !again) throw error;
      tries += 1;
      made = null;
    }
  }
}

/** Another run may have taken it away first. */
async function unlessGone(dropped: Promise<void>): Promise<void> {
  try {
    await dropped;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

/** The oldest first. */
async function findOurs(board: NoteBoard, mark: string, signal: AbortSignal): Promise<Note[]> {
  const notes = await board.list(signal);
  return notes.filter(({ body, trusted }) => trusted && body.startsWith(mark)).toSorted((a, b) => a.id - b.id);
}

/** Of a POST that was answered by 5xx nobody knows whether it was carried out: looked for, before it is sent again. */
function mayBeSentAgain(error: unknown): boolean {
  const status = statusOf(error);
  return status === null || status === 429 || (status !== undefined && status >= 500);
}

/** `null` where there was no answer; `undefined` where no request failed. */
function statusOf(error: unknown): number | null | undefined {
  if (!(error instanceof OutsideError) || error.code !== 'SOURCE_FAILED') return undefined;
  const status = error.facts['status'];
  return status === null || typeof status === 'number' ? status : undefined;
}
