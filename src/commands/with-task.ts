import type { Progress, Task } from '../ports.ts';

const silent: Task = { advance: () => undefined, end: () => undefined };

/** Work that says how far it is. */
export async function withTask<T>(
  progress: Progress | undefined,
  what: string,
  total: number | null,
  work: (task: Task) => Promise<T>,
): Promise<T> {
  const task = progress?.start(what, total) ?? silent;
  try {
    return await work(task);
  } finally {
    task.end();
  }
}
