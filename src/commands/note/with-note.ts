/** `--note`: what a command came to, kept on the forge whose pipeline this is part of. */
import { OutsideError } from '../../domain/errors.ts';
import type { ReportDocument } from '../../report/document.ts';
import { noteMark } from '../../report/note.ts';
import type { CommonOptions } from '../options.ts';
import type { Outcome, World } from '../world.ts';
import { keepComment, keepIssue } from './keep-note.ts';

export interface NoteWishes {
  readonly command: 'plan' | 'audit';
  /** What tells its note from another of the project; paths as they were given, so that every run finds it. */
  readonly about: Pick<CommonOptions, 'config' | 'image' | 'repository'>;
  /** Flags that leave a part out, or look at another day: such an audit says nothing of the issue of the whole one. */
  readonly narrowed: readonly string[];
}

/** The plan as a note on the merge request, the findings as an issue. Where neither can be written, nothing fails. */
export async function withNote(outcome: Outcome, wishes: NoteWishes, world: World): Promise<Outcome> {
  const { document, result } = outcome;
  if (document === undefined) return outcome;
  try {
    world.say(await keep(document, result, wishes, world));
    return outcome;
  } catch (error) {
    // What the command came to is printed all the same.
    if (!(error instanceof OutsideError) || error.code !== 'NOTE_FAILED') throw error;
    world.say(`${error.code}  ${error.message}`);
    return { ...outcome, result: 'outside-failed' };
  }
}

/** @returns what became of it */
async function keep(
  document: ReportDocument,
  result: Outcome['result'],
  { command, about: { config, image, repository }, narrowed }: NoteWishes,
  world: World,
): Promise<string> {
  const { comments, issues, runUrl } = await world.notes();
  const mark = noteMark(command, [config, image ?? '', repository.join('\n')]);
  const frame = { mark, runUrl, whole: 'the log of its job' };
  if (document.kind === 'audit') {
    if (issues.kind === 'closed') return `no issue: ${issues.because}`;
    if (narrowed.length > 0) return `no issue: it is of whole audits, and this one has ${narrowed.join(' and ')}`;
    const url = await keepIssue(issues.board, { document, result }, frame, world.signal);
    if (url !== null) return `the findings are in ${url}`;
    return result === 'as-planned'
      ? 'no issue: there is nothing to report, and one that was open is closed'
      : 'no issue: nothing is known to be wrong, and one that is open stays, for the audit was not finished';
  }
  if (comments.kind === 'closed') return `no note: ${comments.because}`;
  return `the plan is in ${await keepComment(comments.board, document, frame, world.signal)}`;
}
