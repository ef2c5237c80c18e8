/** stdout and stderr, either of which may be closed or full: neither ends the work. */
import { writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { OutsideError } from '../domain/errors.ts';

export interface StandardStreams {
  /**
   * Resolves when the text has been taken, or its reader has gone: that is the reader's choice.
   *
   * @throws {OutsideError} FILE_FAILED if it cannot be written, as on a full disk
   */
  readonly out: (text: string) => Promise<void>;
  /** A line that cannot be written is lost; after an interrupt it goes to the terminal, if there is one. */
  readonly say: (line: string) => void;
}

const terminal = process.platform === 'win32' ? String.raw`\\.\CON` : '/dev/tty';

export function standardStreams(stdout: Writable, stderr: Writable, interrupt: AbortSignal): StandardStreams {
  // Without a listener an error would end the process with 1, which is the exit code of findings.
  stdout.on('error', ignore);
  stderr.on('error', ignore);
  return {
    out: async (text) => {
      const fault = await written(stdout, text);
      if (fault === null || isClosed(fault)) return;
      const message = `standard output cannot be written: ${fault.message}`;
      throw new OutsideError('FILE_FAILED', message, { code: fault.code ?? null }, { cause: fault });
    },
    say: (line) => {
      stderr.write(`${line}\n`, (fault) => {
        // Ctrl-C ends the other side of `2>&1 | tee` too, and what was done has to be said somewhere.
        if (fault instanceof Error && interrupt.aborted) tryTerminal(line);
      });
    },
  };
}

function ignore(): void {
  // Each write learns of its own error.
}

function written(stream: Writable, text: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => stream.write(text, (fault) => resolve(fault ?? null)));
}

/** A stream stays closed: what is written to it later finds it destroyed. */
function isClosed({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED';
}

function tryTerminal(line: string): void {
  try {
    writeFileSync(terminal, `${line}\n`);
  } catch {
    // The process has no terminal: its journal has what was done.
  }
}
