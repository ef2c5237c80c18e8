/** Our part of a page at another service: read, changed between its markers, written only if it differs. */
import { InputError, type Problem, type ProblemCode } from '../../domain/errors.ts';
import type { Result } from '../../domain/result.ts';
import type { RemotePage } from '../../ports.ts';
import { bytesOutside, type Markers } from '../../report/markers.ts';
import { required } from '../read-project.ts';

/** A page with what it takes to write our part of it. */
export interface Part {
  readonly page: RemotePage;
  readonly markers: Markers;
  /** Puts a text between the markers of another; where there are none, adds them or refuses. */
  readonly put: (text: string, inner: string, where: string, markers: Markers) => Result<string>;
  /** @param room in bytes */
  readonly inner: (room: number) => string;
}

/** Fewer bytes than this say nothing. */
const leastRoom = 400;

/** @throws {InputError} if the page is not there, or has no place for our part */
export async function checkPart({ page, markers, put }: Omit<Part, 'inner'>, signal: AbortSignal): Promise<void> {
  const text = await readPage(page, signal);
  required(put(text, '', page.name, markers));
  roomIn(text, page, markers);
}

/**
 * Reads the page once more, right before it is written: what somebody wrote since is kept. Neither forges nor Docker Hub
 * take a text only if nobody wrote meanwhile, so the time between this read and the write remains.
 *
 * @throws {InputError} as `checkPart` does
 */
export async function writePart(part: Part, signal: AbortSignal): Promise<'written' | 'unchanged'> {
  const { page, markers, put, inner } = part;
  const before = await readPage(page, signal);
  const after = required(put(before, inner(roomIn(before, page, markers)), page.name, markers));
  if (after === before) return 'unchanged';
  await page.write(after, signal);
  return 'written';
}

async function readPage(page: RemotePage, signal: AbortSignal): Promise<string> {
  const text = await page.read(signal);
  if (text !== null) return text;
  const fix = 'create it first; a draft of a release is not found, nor what this login may not see';
  throw problem('DOCS_PAGE_MISSING', page, 'it is not there', fix);
}

function roomIn(text: string, page: RemotePage, markers: Markers): number {
  const room = page.maxBytes - bytesOutside(text, markers);
  if (room >= leastRoom) return room;
  const message = `the text outside of the markers leaves ${Math.max(0, room)} of ${page.maxBytes} bytes`;
  throw problem('DOCS_TOO_LONG', page, message, 'shorten it');
}

function problem(code: ProblemCode, { name }: RemotePage, message: string, fix: string): InputError {
  const found: Problem = { code, where: name, message, fix };
  return new InputError([found]);
}
