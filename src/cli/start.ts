/** The process around the command line: its streams, its terminal and its exit code. */
import { terminalAsk } from '../entry/ask.ts';
import { abortOnInterrupt } from '../entry/interrupt.ts';
import { standardStreams } from '../entry/standard-streams.ts';
import { createTalk } from '../entry/talk.ts';
import { main } from './main.ts';

export async function start(version: string): Promise<void> {
  const signal = abortOnInterrupt();
  const { stdout, stderr } = process;
  const streams = standardStreams(stdout, stderr, signal);
  process.exitCode = await main(process.argv.slice(2), {
    version,
    env: process.env,
    signal,
    columns: stdout.isTTY ? stdout.columns : null,
    // In this order: to look at a standard input that is none opens it.
    ask: stderr.isTTY && process.stdin.isTTY ? terminalAsk(process.stdin, stderr, signal) : null,
    out: streams.out,
    ...createTalk({
      say: streams.say,
      terminal: stderr.isTTY ? { write: (text) => void stderr.write(text), columns: () => stderr.columns } : null,
      // Without `performance`, whose first use loads all that it can measure.
      nowMs: () => Number(process.hrtime.bigint() / 1000n) / 1000,
      every: (ms, callback) => {
        const timer = setInterval(callback, ms).unref();
        return () => clearInterval(timer);
      },
    }),
  });
}
