import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, constants, copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { tarOf } from '../../src/adapters/stand-in/tar.ts';
import { layerOfFolder, layerOfTar, pushImage } from './push-image.ts';
import type { Layer, PlatformImage } from './push-image.ts';

const run = promisify(execFile);
const scripts = fileURLToPath(new URL('stand-in/', import.meta.url));
const architectures = ['amd64', 'arm64'] as const;
type Architecture = (typeof architectures)[number];

/** The bases of the Dockerfiles that this project ships. */
export const shippedBases: readonly string[] = [
  ...['3.7', '3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14'].map((python) => `python:${python}-slim`),
  'continuumio/miniconda3:26.5.3',
];

export interface StandInOptions {
  readonly bases?: readonly string[];
  /**
   * `relabelled` (the default): what is called arm64 holds this machine's own binaries, so that a build for it is as
   * fast as any. `emulated`: it holds real arm64 binaries, and each step takes some ten times longer; see `canEmulate`.
   */
  readonly arm64?: 'relabelled' | 'emulated';
}

/**
 * Puts stand-ins of base images, which cannot be pulled in a test, on a loopback registry, for amd64 and arm64: a small
 * Debian whose one real Python answers as the version that the base's name asks for, or with a stand-in conda, or with the
 * Node that runs the tests, whatever version the base's name asks for.
 *
 * @returns the named contexts for bake or `--build-context`: base → `docker-image://…`
 */
export async function standInBases(
  registryHost: string,
  { bases = shippedBases, arm64 = 'relabelled' }: StandInOptions = {},
): Promise<Record<string, string>> {
  const prefix = arm64 === 'emulated' ? 'stand-in/emulated' : 'stand-in';
  const contexts: Record<string, string> = {};
  for (const base of bases) {
    const [name = '', tag = 'latest'] = base.replace(/@.*/, '').split(':');
    const at = { registryHost, repository: `${prefix}/${name}`, tag };
    contexts[base] = `docker-image://${registryHost}/${at.repository}:${tag}`;
    if (!(await isThere(at))) await pushImage(at, await imagesOf(base, arm64));
  }
  return contexts;
}

/** The Python that really is in the stand-ins, `X.Y`; every other one is this one under another name. */
export async function realPython(): Promise<string> {
  return (await rootfs(nativeArchitecture())).python;
}

/** Whether this machine runs arm64 binaries: natively, or through an emulator that the kernel knows. */
export function canEmulate(): boolean {
  return nativeArchitecture() === 'arm64' || existsSync('/proc/sys/fs/binfmt_misc/qemu-aarch64');
}

/**
 * Makes a folder of wheels from which pip installs `prefect==VERSION` (any PEP 440 version) and prefect-kubernetes; its
 * `prefect version` prints VERSION. For `--build-context wheels=FOLDER`; bake wants to be allowed to read it
 * (`--allow=fs.read=FOLDER`), so there `standInWheels` is less trouble.
 */
export async function wheelHouse(version: string): Promise<string> {
  const folder = join(await cacheFolder(), `wheels-${await hashOf('wheels.py')}`);
  const house = join(folder, version);
  if (existsSync(house)) return house;
  await mkdir(folder, { recursive: true });
  const made = await mkdtemp(join(folder, '.new-'));
  await run('python3', [join(scripts, 'wheels.py'), version, made]);
  await moveInto(made, house);
  return house;
}

/** The same wheels as an image on the registry: the value of a named context, `docker-image://…`. */
export async function standInWheels(registryHost: string, version: string): Promise<string> {
  return wheelsImage(registryHost, version, await wheelHouse(version));
}

/** What a package with setuptools-scm is built with: the packages of this machine's Debian, as wheels. */
const buildPackages = [
  'setuptools-scm',
  'packaging',
  'typing-extensions',
  'setuptools',
  'pkg-resources',
  'wheel',
  'tomli',
];

/** Wheels of setuptools-scm and what it needs, as an image on the registry, like those of `standInWheels`. */
export async function standInBuildWheels(registryHost: string): Promise<string> {
  const key = await hashOf('debian-wheels.py', 'wheels.py', '/etc/os-release');
  const house = join(await cacheFolder(), `debian-wheels-${key}`);
  if (!existsSync(house)) {
    const made = await mkdtemp(join(await cacheFolder(), '.new-'));
    await run(join(scripts, 'debian-wheels.py'), [made, ...buildPackages.map((name) => `python3-${name}`)]);
    await moveInto(made, house);
  }
  return wheelsImage(registryHost, 'build', house);
}

async function wheelsImage(registryHost: string, tag: string, house: string): Promise<string> {
  const at = { registryHost, repository: 'stand-in/wheels', tag };
  const layers = [await layerOfFolder(house)];
  await pushImage(
    at,
    architectures.map((architecture) => ({ architecture, layers, config: {} })),
  );
  return `docker-image://${registryHost}/${at.repository}:${at.tag}`;
}

async function imagesOf(base: string, arm64: 'relabelled' | 'emulated'): Promise<PlatformImage[]> {
  const native = nativeArchitecture();
  const images: PlatformImage[] = [];
  for (const architecture of architectures) {
    const system = await rootfs(arm64 === 'emulated' ? architecture : native);
    const { layers, env, command } = await above(base, system.python);
    const config = { Env: env, Cmd: [command], WorkingDir: '/' };
    images.push({ architecture, layers: [system.layer, ...layers], config });
  }
  return images;
}

/** What a base has above the plain system: layers, environment and command as the real image's. */
async function above(base: string, real: string): Promise<{ layers: Layer[]; env: string[]; command: string }> {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const { python } = /^(?:docker\.io\/)?(?:library\/)?python:(?<python>3\.\d+)/.exec(base)?.groups ?? {};
  if (python !== undefined) {
    const told = python === real ? [] : [layerOfTar(tarOf('usr/stand-in-python', `${python}\n`))];
    return { layers: told, env: [`PATH=${path}`, 'LANG=C.UTF-8', `PYTHON_VERSION=${python}.0`], command: 'python3' };
  }
  if (base.includes('conda')) {
    const conda = await layerOfFolder(join(scripts, 'conda'));
    return { layers: [conda], env: [`PATH=/opt/conda/bin:${path}`, 'LANG=C.UTF-8'], command: '/bin/bash' };
  }
  if (/^(?:docker\.io\/)?(?:library\/)?node:/.test(base)) {
    nodeLayer ??= layerOfNode();
    return { layers: [await nodeLayer], env: [`PATH=${path}`, 'LANG=C.UTF-8'], command: 'node' };
  }
  throw new Error(`there is no stand-in for ${base}`);
}

let nodeLayer: Promise<Layer> | null = null;

/** The interpreter alone, without npm. */
async function layerOfNode(): Promise<Layer> {
  const folder = await mkdtemp(join(await cacheFolder(), '.new-'));
  try {
    await mkdir(join(folder, 'usr/local/bin'), { recursive: true });
    await copyFile(process.execPath, join(folder, 'usr/local/bin/node'));
    return await layerOfFolder(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const rootfsFacts = z.object({ diffId: z.string(), python: z.string() });

/** Made once for a machine: the cache knows it by what it is made from. */
async function rootfs(architecture: Architecture): Promise<{ layer: Layer; python: string }> {
  const key = await hashOf('rootfs.sh', 'sitecustomize.py', '/etc/os-release');
  const file = join(await cacheFolder(), `rootfs-${architecture}-${key}.tar.gz`);
  if (!existsSync(file)) await run(join(scripts, 'rootfs.sh'), [architecture, file], { maxBuffer: 16 * 2 ** 20 });
  const { diffId, python } = rootfsFacts.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')));
  return { layer: { bytes: await readFile(file), diffId }, python };
}

function nativeArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'arm64' : 'amd64';
}

/** `$XDG_CACHE_HOME`, else /var/cache, else the home folder's: the first that can be written. */
async function cacheFolder(): Promise<string> {
  for (const parent of [process.env['XDG_CACHE_HOME'], '/var/cache']) {
    if (parent !== undefined && (await isWritable(parent))) return makeFolder(join(parent, 'tagwright'));
  }
  return makeFolder(join(homedir(), '.cache', 'tagwright'));
}

async function makeFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Of files by name in the folder of scripts, or by absolute path. */
async function hashOf(...files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file.startsWith('/') ? file : join(scripts, file)));
  return hash.digest('hex').slice(0, 12);
}

/** Another process may have made the same folder meanwhile; then that one stays. */
async function moveInto(made: string, target: string): Promise<void> {
  try {
    await rename(made, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    await rm(made, { recursive: true });
  }
}

async function isThere(at: { registryHost: string; repository: string; tag: string }): Promise<boolean> {
  const url = `http://${at.registryHost}/v2/${at.repository}/manifests/${at.tag}`;
  const headers = { accept: 'application/vnd.oci.image.index.v1+json' };
  return (await fetch(url, { method: 'HEAD', headers })).ok;
}
