/**
 * What a machine without internet does in its life with tagwright: run in a network namespace of its own, it prints one
 * line of JSON with what each command came to, and what was sent elsewhere.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tarOf } from '../../../src/adapters/stand-in/tar.ts';
import { layerOfTar, pushImage } from '../push-image.ts';
import { startRegistry } from '../registry-process.ts';
import { openWayOut, packetsOut, recordQueries } from './network.ts';
import { packDependencies, servePackages } from './packages.ts';

const [root = '', tarball = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tagwright-no-way-out-'));
const home = join(folder, 'home');
mkdirSync(home);
const stops: (() => unknown)[] = [];
const ran: Record<string, { readonly code: number; readonly output: string }> = {};

try {
  openWayOut();
  const asked = await recordQueries(folder);
  const registry = await startRegistry();
  stops.push(() => registry.stop());
  const base = (text: string): Promise<string> =>
    pushImage({ registryHost: registry.host, repository: 'hub/library/python', tag: '3.10-slim' }, [
      { architecture: 'amd64', layers: [layerOfTar(tarOf('base', text))], config: {} },
    ]);
  const digest = await base('first');
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, DOCKER_HOST: await startDocker() };
  const project = await cloneOf(registry.host, digest);
  const packages = join(folder, 'packages');
  const npm = await servePackages(packages, packDependencies(root, packages));
  stops.push(() => npm.close());

  const run = async (name: string, file: string, ...args: string[]): Promise<void> => {
    ran[name] = await new Promise((resolve) => {
      execFile(file, args, { cwd: project, env, timeout: 180_000 }, (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          output: stdout + stderr,
        }),
      );
    });
  };
  await run('install', 'npm', 'install', '--registry', npm.url, '--cache', join(folder, 'npm'), tarball);
  const tagwright = join(project, 'node_modules/.bin/tagwright');
  await run('plan', tagwright, 'plan', '1.1.0');
  await run('build', tagwright, 'build', '1.0.0');
  await run('publish 1.0.0', tagwright, 'publish', '1.0.0');
  await run('publish 1.1.0', tagwright, 'publish', '1.1.0');
  await run('audit', tagwright, 'audit');
  await base('second');
  await run('audit --bases', tagwright, 'audit', '--bases');
  const sent = { packets: packetsOut(), queries: [...asked] };

  // That the recorders record is shown by what they are for.
  await new Promise((resolve) => execFile('getent', ['hosts', 'recorded.example'], resolve));
  const away = connect(443, '192.0.2.1').on('error', () => undefined);
  await sleep(600);
  away.destroy();
  const shown = { packets: packetsOut(), queries: asked.slice(sent.queries.length) };
  process.stdout.write(`${JSON.stringify({ ran, sent, shown })}\n`);
} finally {
  for (const stop of stops.toReversed()) await stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A daemon of the namespace's own. */
async function startDocker(): Promise<string> {
  const at = join(folder, 'docker');
  mkdirSync(at);
  const host = `unix://${at}/socket`;
  writeFileSync(join(at, 'daemon.json'), JSON.stringify({ features: { 'containerd-snapshotter': true } }));
  const places = ['--data-root', `${at}/data`, '--exec-root', `${at}/run`, '--pidfile', `${at}/pid`, '--host', host];
  const daemon = spawn(
    'dockerd',
    [...places, '--config-file', `${at}/daemon.json`, '--bridge', 'none', '--iptables=false'],
    {
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  const ended = new Promise((resolve) => daemon.once('close', resolve));
  stops.push(async () => {
    daemon.kill();
    await ended;
  });
  for (let tries = 0; tries < 120; tries += 1) {
    const answers = await new Promise((resolve) =>
      execFile('docker', ['--host', host, 'info'], (error) => resolve(error === null)),
    );
    if (answers === true) return host;
    await sleep(500);
  }
  throw new Error('dockerd does not answer');
}

/** The project as a git host has it, cloned over git's own protocol. */
async function cloneOf(registryHost: string, digest: string): Promise<string> {
  const origin = join(folder, 'git/app');
  mkdirSync(origin, { recursive: true });
  const git = (...args: string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=p', '-c', 'user.email=p@example.com', '-C', origin, ...args]);
  const flavors = { standard: { dockerfile: 'Dockerfile', base: 'python:{{python}}-slim', baseDigest: digest } };
  const config = {
    repository: `${registryHost}/acme/app`,
    source: { git: '.' },
    pythons: ['3.10'],
    flavors,
    defaults: { python: 'highest' },
    mirrors: { 'docker.io': `${registryHost}/hub` },
  };
  const text = `import { defineConfig } from 'tagwright';\nexport default defineConfig(${JSON.stringify(config)});\n`;
  writeFileSync(join(origin, 'matrix.config.ts'), text);
  writeFileSync(join(origin, 'Dockerfile'), 'ARG PYTHON\nFROM python:$PYTHON-slim\nCOPY Dockerfile /\n');
  writeFileSync(join(origin, 'package.json'), '{ "private": true, "type": "module" }\n');
  writeFileSync(join(origin, '.gitignore'), 'node_modules\n.tagwright\n');
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=one');
  git('tag', '1.0.0');
  git('commit', '--quiet', '--allow-empty', '--message=two');
  git('tag', '1.1.0');
  const daemon = spawn('git', ['daemon', `--base-path=${join(folder, 'git')}`, '--export-all', '--listen=127.0.0.1'], {
    stdio: 'ignore',
    detached: true,
  });
  stops.push(() => daemon.pid !== undefined && process.kill(-daemon.pid));
  await sleep(500);
  const clone = join(folder, 'clone');
  execFileSync('git', ['clone', '--quiet', `git://127.0.0.1/app`, clone]);
  return clone;
}
