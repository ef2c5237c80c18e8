/** The report where people look without being told to: one comment on the pull request, one issue of the audit. */
import type { Http } from '../adapters/http/http.ts';
import { githubClient } from '../adapters/github/github-client.ts';
import {
  openIssues,
  pullRequestComments,
  type NewNote,
  type Note,
  type NoteBoard,
} from '../adapters/github/github-notes.ts';
import type { GithubCredential } from '../domain/github-credential.ts';
import { OutsideError } from '../domain/errors.ts';
import { isQuiet } from '../audit/kinds.ts';
import { documentMarkdown } from '../report/document-markdown.ts';
import type { ReportDocument } from '../report/document.ts';
import { noteMarkdown, type NoteFrame } from '../report/note.ts';
import type { EventFacts } from './event.ts';
import type { Trust } from './trust.ts';

/** What the inputs `comment` and `issue` ask for. */
export interface PostWishes {
  readonly kind: 'comment' | 'issue';
  readonly credential: GithubCredential;
  readonly repository: string;
  readonly apiUrl: string;
  readonly http: Http;
  readonly frame: NoteFrame;
}

export interface Posting {
  readonly event: EventFacts;
  readonly trust: Trust;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * @returns where it is; `null` where there is nothing to be written, or the event's token may not write
 * @throws {OutsideError} NOTE_FAILED where GitHub refuses
 */
export async function post(
  document: ReportDocument,
  result: string,
  wishes: PostWishes,
  posting: Posting,
): Promise<string | null> {
  try {
    return await (wishes.kind === 'comment'
      ? comment(document, wishes, posting)
      : issue(document, result, wishes, posting));
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code !== 'SOURCE_FAILED') throw error;
    throw new OutsideError('NOTE_FAILED', `the ${wishes.kind} was not written: ${error.message}`, error.facts, {
      cause: error,
    });
  }
}

async function comment(document: ReportDocument, wishes: PostWishes, posting: Posting): Promise<string | null> {
  const { event, say, signal } = posting;
  const { pullRequest } = event;
  const reason = readOnly(posting);
  if (pullRequest === null || reason !== null) {
    say(`no comment: ${reason ?? 'this event is about no pull request'}; the job summary has it`);
    return null;
  }
  const board = pullRequestComments(clientOf(wishes, say), pullRequest);
  const note = { title: '', body: noteMarkdown(documentMarkdown(document), wishes.frame) };
  const { written, others } = await writeOne(board, note, wishes.frame.mark, signal);
  for (const { id } of others) await board.remove(id, signal);
  return written.url;
}

/** Why the token of this event cannot write, whatever the workflow's permissions say. */
function readOnly({ event: { byDependabot }, trust }: Posting): string | null {
  if (trust.kind === 'fork') return `${trust.who}, whose runs have a token that cannot write`;
  if (trust.kind === 'data-only') return `${trust.who}, and nothing is written for it`;
  return byDependabot ? 'runs that Dependabot starts have a token that cannot write' : null;
}

async function issue(
  document: ReportDocument,
  result: string,
  wishes: PostWishes,
  posting: Posting,
): Promise<string | null> {
  if (document.kind !== 'audit') return null;
  const { say, signal } = posting;
  const reason = posting.trust.kind === 'trusted' ? null : readOnly(posting);
  if (reason !== null) {
    say(`no issue: ${reason}; the job summary has it`);
    return null;
  }
  const { reports } = document;
  const board = openIssues(clientOf(wishes, say));
  if (result === 'as-planned') {
    const found = await findOurs(board, wishes.frame.mark, signal);
    const because = `Every tag is as planned again: ${namesOf(reports)}, checked ${reports[0].checkedAt}.`;
    for (const { id } of found) await board.close(id, because, signal);
    return null;
  }
  // A registry that was out of reach for a night is no finding, and no reason to take one back.
  const findings = reports.flatMap((report) => report.findings);
  if (!findings.some(({ kind, excused }) => excused === null && kind !== 'unknown' && !isQuiet(kind))) return null;
  const { written, others } = await writeOne(board, noteOf(document, wishes), wishes.frame.mark, signal);
  for (const { id } of others) await board.close(id, null, signal);
  return written.url;
}

type AuditDocument = Extract<ReportDocument, { kind: 'audit' }>;

function noteOf(document: AuditDocument, { frame }: PostWishes): NewNote {
  const body = noteMarkdown(documentMarkdown(document), frame);
  return {
    title: `Tags of ${document.reports.map(({ repository }) => repository).join(', ')} are not as planned`,
    body,
  };
}

function namesOf(reports: AuditDocument['reports']): string {
  return reports.map(({ repository }) => `\`${repository}\``).join(', ');
}

interface Written {
  readonly written: Note;
  /** More with the same mark, which two runs at once may leave. */
  readonly others: readonly Note[];
}

/** Of a POST that was answered by 5xx nobody knows whether it was carried out: looked for, before it is sent again. */
const mostTries = 3;

async function writeOne(board: NoteBoard, note: NewNote, mark: string, signal: AbortSignal): Promise<Written> {
  for (let tries = 1; ; tries += 1) {
    const [first, ...others] = await findOurs(board, mark, signal);
    if (first !== undefined) return { written: await board.update(first.id, note, signal), others };
    try {
      return { written: await board.create(note, signal), others: [] };
    } catch (error) {
      if (tries === mostTries || !mayHaveBeenMade(error)) throw error;
    }
  }
}

/** The oldest first. */
async function findOurs(board: NoteBoard, mark: string, signal: AbortSignal): Promise<Note[]> {
  const notes = await board.list(signal);
  return notes.filter(({ body, trusted }) => trusted && body.startsWith(mark)).toSorted((a, b) => a.id - b.id);
}

function mayHaveBeenMade(error: unknown): boolean {
  if (!(error instanceof OutsideError) || error.code !== 'SOURCE_FAILED') return false;
  const status = error.facts['status'];
  return status === null || (typeof status === 'number' && status >= 500);
}

function clientOf(
  { credential, repository, apiUrl, http }: PostWishes,
  say: (line: string) => void,
): ReturnType<typeof githubClient> {
  return githubClient({ repository, credential, baseUrl: apiUrl, http, onWait: say });
}
