/**
 * What PyPI, or another index with its JSON API, knows of a package: which versions it has, and which were yanked.
 *
 * @see https://docs.pypi.org/api/json/
 */
import { z } from 'zod';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { isLoopback } from '../../domain/reference.ts';
import type { IndexedVersion } from '../../domain/release.ts';
import { quote } from '../../domain/tag.ts';
import type { PackageIndex, ReleaseSource } from '../../ports.ts';
import { createHttp, type Http } from '../http/http.ts';
import { fetchJson, noLogin, type Found } from './fetch-json.ts';

export interface PypiOptions {
  /** The project's name on the index. */
  readonly project: string;
  /** What `/pypi/<project>/json` is appended to; `https://pypi.org` where it is left out. */
  readonly baseUrl?: string | undefined;
  readonly http?: Http | undefined;
  /** First wait between tries after a 5xx or a broken connection. */
  readonly retryBaseMs?: number | undefined;
}

/**
 * `list` gives no facts of its own, only `indexed`: a version is yanked where all its files are. Versions are as the index
 * writes them, normalized.
 *
 * Both methods throw `OutsideError` SOURCE_FAILED for anything but an answer, and `list` for an unknown project too.
 *
 * @throws {InputError} CONFIG_INVALID where the project is no name of a package or `baseUrl` is no URL
 */
export function pypiIndex(options: PypiOptions): ReleaseSource & PackageIndex {
  const { project, http = createHttp() } = options;
  const baseUrl = checkBaseUrl(options.baseUrl ?? 'https://pypi.org');
  if (!projectPattern.test(project)) {
    throw invalid(
      'the PyPI project',
      `${quote(project)} is no name of a package`,
      'expected letters, digits, . _ and -',
    );
  }
  const name = `${baseUrl.host === 'pypi.org' ? 'PyPI' : baseUrl.host} ${project}`;
  const ask = async (path: string, signal: AbortSignal | undefined): Promise<Found> => {
    const url = new URL(`${baseUrl.href.replace(/\/$/, '')}/pypi/${path}/json`);
    return await fetchJson(url, { source: name, http, retryBaseMs: options.retryBaseMs ?? 500, signal });
  };
  return {
    name,
    async list(signal) {
      const answer = await ask(project, signal);
      if (answer.kind === 'absent') {
        const why = baseUrl.host === 'pypi.org' ? '' : `, or it is private: ${noLogin}`;
        throw failed(name, `there is no package ${project}${why}`);
      }
      const read = projectAnswer.safeParse(answer.value);
      if (!read.success) throw failed(name, `an answer that is not the JSON API's: ${faultOf(read.error)}`);
      const indexed = Object.entries(read.data.releases).map(toIndexed);
      return { kind: 'index', facts: [], indexed, partial: null, notes: [] };
    },
    async hasVersion(version, signal) {
      if (!versionPattern.test(version)) {
        throw invalid('the version', `${quote(version)} is not a version of a package`, 'expected a PEP 440 version');
      }
      const answer = await ask(`${project}/${encodeURIComponent(version)}`, signal);
      if (answer.kind === 'absent') return false;
      const read = versionAnswer.safeParse(answer.value);
      if (!read.success) throw failed(name, `an answer that is not the JSON API's: ${faultOf(read.error)}`);
      return read.data.urls.length > 0;
    },
  };
}

/** @see https://packaging.python.org/en/latest/specifications/name-normalization/ */
const projectPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Enough that it is one segment of a path. */
const versionPattern = /^\d[\w.!+-]*$/;

const file = z.object({ yanked: z.boolean(), yanked_reason: z.string().nullish() });
const projectAnswer = z.object({ releases: z.record(z.string(), z.array(file)) });
const versionAnswer = z.object({ urls: z.array(z.unknown()) });

function toIndexed([version, files]: [string, readonly z.infer<typeof file>[]]): IndexedVersion {
  const yanked = files.length > 0 && files.every((one) => one.yanked);
  const reason = files.map((one) => one.yanked_reason ?? '').find((text) => text !== '');
  return { version, yanked, reason: yanked ? (reason ?? null) : null };
}

function checkBaseUrl(text: string): URL {
  const where = 'the URL of the package index';
  const fix = 'expected https://HOST, without credentials';
  if (!URL.canParse(text)) throw invalid(where, `${quote(text)} is not a URL`, fix);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw invalid(where, 'it holds credentials', fix);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host))) return url;
  throw invalid(where, `${quote(text)} is not encrypted`, fix);
}

function invalid(where: string, message: string, fix: string): InputError {
  return new InputError([{ code: 'CONFIG_INVALID', where, message, fix }]);
}

function failed(source: string, reason: string): OutsideError {
  return new OutsideError('SOURCE_FAILED', `${source}: ${reason}`, { source });
}

function faultOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return `[${issue?.path.join('.') ?? ''}] ${issue?.message ?? ''}`;
}
