/**
 * From `npm install` to `audit --bases` on a machine that reaches one registry, one git host and one npm registry, all
 * on its loopback: nothing asks a resolver, and not a packet is sent elsewhere.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
/** A namespace is root's to make. */
const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive', '--preserve-env=PATH'];

interface Inside {
  readonly ran: Readonly<Record<string, { readonly code: number; readonly output: string }>>;
  readonly sent: { readonly packets: number; readonly queries: readonly string[] };
  readonly shown: { readonly packets: number; readonly queries: readonly string[] };
}

test('install, plan, build, publish, audit and audit --bases', { timeout: 600_000 }, async () => {
  const folder = await tempFolder();
  await run('npx', ['--no-install', 'tsdown', '--filter', 'cli'], { cwd: root });
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  const namespace = [...asRoot, 'unshare', '--net', '--mount', '--'];
  const script = ['--import', 'jiti/register', 'test/support/no-way-out/inside.ts'];
  const tarball = `${folder}/${packed.stdout.trim()}`;
  const [file, ...args] = [...namespace, process.execPath, ...script, root, tarball];
  const { stdout } = await run(file, args, { cwd: root, maxBuffer: 2 ** 26 });
  const { ran, sent, shown }: Inside = JSON.parse(stdout);

  expect(Object.entries(ran).filter(([, { code }]) => code !== 0)).toEqual([]);
  expect(Object.keys(ran)).toEqual([
    'install',
    'plan',
    'build',
    'publish 1.0.0',
    'publish 1.1.0',
    'audit',
    'audit --bases',
  ]);
  expect(ran['audit --bases']?.output).toContain('docker.io/library/python:3.10-slim has moved on');
  expect(sent).toEqual({ packets: 0, queries: [] });
  expect(shown.packets).toBeGreaterThan(0);
  expect(shown.queries).toContain('recorded.example');
});
