/** The report where people look without being told to: one comment on the pull request, one issue of the audit. */
import type { Http } from '../adapters/http/http.ts';
import { githubClient } from '../adapters/github/github-client.ts';
import { openIssues, pullRequestComments } from '../adapters/github/github-notes.ts';
import { keepComment, keepIssue } from '../commands/note/keep-note.ts';
import type { GithubCredential } from '../domain/github-credential.ts';
import type { ReportDocument } from '../report/document.ts';
import type { NoteFrame } from '../report/note.ts';
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
export function post(
  document: ReportDocument,
  result: string,
  wishes: PostWishes,
  posting: Posting,
): Promise<string | null> {
  return wishes.kind === 'comment' ? comment(document, wishes, posting) : issue(document, result, wishes, posting);
}

async function comment(document: ReportDocument, wishes: PostWishes, posting: Posting): Promise<string | null> {
  const { event, say, signal } = posting;
  const { pullRequest } = event;
  const reason = readOnly(posting);
  if (pullRequest === null || reason !== null) {
    say(`no comment: ${reason ?? 'this event is about no pull request'}; the job summary has it`);
    return null;
  }
  return keepComment(pullRequestComments(clientOf(wishes, say), pullRequest), document, wishes.frame, signal);
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
  return keepIssue(openIssues(clientOf(wishes, say)), { document, result }, wishes.frame, signal);
}

function clientOf(
  { credential, repository, apiUrl, http }: PostWishes,
  say: (line: string) => void,
): ReturnType<typeof githubClient> {
  return githubClient({ repository, credential, baseUrl: apiUrl, http, onWait: say });
}
