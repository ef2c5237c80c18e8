/**
 * Aborts with the first Ctrl-C or SIGTERM, so that the work can end by itself; the second ends the process.
 *
 * The listeners stay: to the library that runs `docker`, one that is used up is none, and it would end the process with
 * the first signal.
 *
 * @see https://github.com/tapjs/signal-exit
 */
export function abortOnInterrupt(): AbortSignal {
  const abort = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const interrupt = (name: NodeJS.Signals): void => {
    if (!abort.signal.aborted) return abort.abort();
    for (const each of names) process.off(each, interrupt);
    process.kill(process.pid, name);
  };
  for (const name of names) process.on(name, interrupt);
  return abort.signal;
}
