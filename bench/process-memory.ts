import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export interface ProcessRun {
  readonly seconds: number;
  /** The most that it ever had. */
  readonly memoryMb: number;
  readonly stdout: string;
}

/**
 * Runs Node to its end, and looks at its memory meanwhile.
 *
 * @param keep whether the output is wanted: of a large plan it is hundreds of megabytes
 */
export async function measureProcess(args: readonly string[], cwd: string, keep = false): Promise<ProcessRun> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (keep) chunks.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  let memoryMb = 0;
  const watch = setInterval(() => (memoryMb = Math.max(memoryMb, peakMemoryMb(child.pid))), 20);
  await once(child, 'close');
  clearInterval(watch);
  if (child.exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${child.exitCode}: ${stderr}`);
  return { seconds: (performance.now() - beganMs) / 1000, memoryMb, stdout: Buffer.concat(chunks).toString() };
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html VmHWM, the most it ever had */
function peakMemoryMb(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(?<kb>\d+) kB/.exec(status)?.groups?.['kb'] ?? 0) / 1024;
  } catch {
    return 0; // it has ended: what was seen before counts
  }
}
