/**
 * What commands are given: ports and a few plain facts. `cli.ts` and `action.ts` make one; tests make another.
 */
import type { BuildConfig, SignatureRule, SourceConfig } from '../config/types.ts';
import type { BuildEvent } from '../domain/build-event.ts';
import type { Digest } from '../domain/digest.ts';
import type { Repository } from '../domain/reference.ts';
import type {
  Branches,
  Builder,
  Clock,
  DefaultConfig,
  EvidenceStore,
  GitFacts,
  JournalStore,
  KeylessServers,
  Machine,
  NoteAccess,
  PackageIndex,
  PageAccess,
  PrintedBake,
  Progress,
  PullAccess,
  ProjectFiles,
  Registries,
  ReleaseSource,
  SignatureVerifier,
  SignerIdentity,
  SnapshotSource,
  StatementSigner,
  StatementVerifier,
  SourceRepository,
  Registry,
} from '../ports.ts';
import type { RunFacts } from '../domain/run-facts.ts';
import type { ReportDocument } from '../report/document.ts';
import type { HandedTags } from '../report/metadata-action.ts';

/** What may have to be loaded first. */
export type Soon<T> = T | Promise<T>;

/** What started this run, where that may be a build that is not a release. */
export interface EventAccess {
  /** A command that is not told what it is about is about the event, if the config has tags for such builds. */
  readonly byDefault: boolean;
  /** What was asked for and a plan of every release does not have, by its name for messages. */
  readonly asked: readonly string[];
  /**
   * @param file with the event, `-` for standard input; `null`: the environment says which
   * @throws {InputError} EVENT_INVALID
   */
  read(file: string | null): Promise<BuildEvent>;
}

/** @returns `null` if nobody answered */
export type Ask = (question: string) => Promise<string | null>;

export interface World {
  /** Reads what a config file exports; throws `InputError` where there is none or it fails. */
  loadConfig(path: string): Promise<LoadedConfig>;
  /**
   * What the default branch's config exports, for a checkout of a git tag; `null` if the one at hand is the same, or the
   * only one that counts. Throws `InputError` where it fails.
   */
  defaultConfig?(path: string): Promise<OtherConfig | Extract<DefaultConfig, { readonly kind: 'unread' }> | null>;
  /** The sources a config names; paths inside are relative to `root`. `file` replaces them all, as `--releases` does. */
  sources(config: SourceConfig, root: string, file: string | null): Soon<readonly ReleaseSource[]>;
  /** Where the config's package is uploaded to; `null` where it names none. */
  packageIndex(config: SourceConfig): Soon<PackageIndex | null>;
  /**
   * The text of the release with this git tag, on the forge of the config, or of the pipeline that this is part of. Throws
   * `InputError` if neither names one.
   */
  releasePage(config: SourceConfig, gitTag: string): Promise<PageAccess>;
  /** Comments and issues of the GitLab project whose pipeline this is part of. */
  notes(): Promise<NoteAccess>;
  /** The overview of a repository on Docker Hub. */
  overviewPage(repository: Repository): Promise<PageAccess>;
  registries(insecure: readonly string[]): Soon<Registries>;
  /** The cheapest way to read many tags of a repository. */
  snapshots(registry: Registry): Soon<SnapshotSource>;
  /** @param root folder of the config, where relative build contexts start */
  builder(name: Builder['name'], build: BuildConfig, root: string, registries: Registries): Builder;
  files(root: string): ProjectFiles;
  /**
   * What verifies signatures by a rule of the config; its files are relative to `root`. Throws `InputError` for a key or a
   * trust root that cannot be read.
   */
  signatures(rule: SignatureRule, root: string): Promise<SignatureVerifier>;
  /** What the clone that the config's folder is in knows of branches; `null`: it is in none. Left out: nobody knows. */
  branches?(root: string): Promise<Branches | null>;
  /** The pull requests of the forge of the config, or of the pipeline that this is part of. Left out: nobody knows. */
  pulls?(config: SourceConfig): Promise<PullAccess>;
  /** The git repository that the config's folder is in; `null`: none. */
  sourceRepository(root: string): Promise<SourceRepository | null>;
  gitFacts(folder: string): Promise<GitFacts>;
  journals(directory: string): JournalStore;
  /** @param path a folder, with one file a repository; or one file of a repository, `….jsonl` */
  evidence(path: string): EvidenceStore;
  /**
   * Who started this run and who let it move tags, as far as its CI says.
   *
   * @param what `mover` leaves the approver out, for whom a forge may have to be asked
   */
  runFacts(what?: 'all' | 'mover'): Promise<RunFacts>;
  /** A private key in PEM. Throws `InputError` for one that cannot be read, or used for this. */
  statementSigner(path: string): Promise<StatementSigner>;
  /** In place of a key; nothing is asked yet. Throws `InputError` for a server that cannot be asked, or a trust root. */
  keylessSigner(servers: KeylessServers, identity: SignerIdentity): Promise<StatementSigner>;
  /** A public key in PEM. Throws `InputError` likewise. */
  statementVerifier(path: string): Promise<StatementVerifier>;
  /** Throws `InputError` for a trust root that cannot be read. */
  identityVerifier(identity: SignerIdentity): Promise<StatementVerifier>;
  /** Of this tool. */
  readonly toolVersion: string;
  /** A text file named by a flag or argument; throws `InputError` where it cannot be read. */
  readText(path: string): Promise<string>;
  /** The JSON files of a folder, those in its folders included; throws `InputError` where there is none or one is no JSON. */
  readRecords(folder: string): Promise<readonly JsonFile[]>;
  digestOf(bytes: Uint8Array): Digest;
  /** A registry, journals and statements of a rehearsal's own. */
  rehearsal(): Promise<Rehearsal>;
  readonly clock: Clock;
  /** Where pages of GitHub are, `https://github.corp`; left out: github.com. */
  readonly githubServer?: string;
  /** The registry of the GitLab whose pipeline this is part of, as `host:port`; left out elsewhere. */
  readonly ciRegistry?: string;
  /** The config may be a stranger's: it names no git repository, URL or host to ask. */
  readonly dataOnly?: boolean;
  /** Another tool builds with what a plan hands over, labels and build arguments, and pushes these tags. */
  readonly handsOver?: HandedTags;
  /** Left out where there are no events. */
  readonly event?: EventAccess;
  /** A line of talk, for stderr. */
  readonly say: (line: string) => void;
  /** Shows how far long work is. */
  readonly progress?: Progress;
  /** Asks the person at the terminal; left out or `null` if there is none. */
  readonly ask?: Ask | null;
  /** What the targets of bake files come to, by buildx, their default if none is named; left out: nothing is asked. Never for a file that names a cloud. */
  readonly printBake?: (paths: readonly string[], targets: readonly string[]) => Promise<PrintedBake>;
  /** What is installed here. */
  readonly machine?: () => Promise<Machine>;
  readonly signal: AbortSignal;
  /** The workflow run this is part of, by its number; `null` outside of one. */
  readonly workflowRun: string | null;
}

/** What a file holds, with its path as a person would write it. */
export interface JsonFile {
  readonly path: string;
  readonly value: unknown;
}

export interface Rehearsal {
  /** host:port on loopback. */
  readonly host: string;
  readonly journals: JournalStore;
  readonly evidence: EvidenceStore;
  close(): Promise<void>;
}

export interface LoadedConfig {
  readonly raw: unknown;
  /** The file as messages name it. */
  readonly file: string;
  /** Its folder: paths inside the config are relative to it. */
  readonly root: string;
  /** How many folders above it the git working tree begins, which no path may leave; left out: none. */
  readonly above?: number;
}

/** A config to compare with the one at hand. */
export interface OtherConfig {
  readonly kind: 'read';
  /** `main:matrix.config.ts` */
  readonly file: string;
  readonly raw: unknown;
  readonly text: string;
  /** Of the config at hand. */
  readonly ownText: string;
}

/** What a command came to. `cli.ts` turns it into output and an exit code. */
export interface Outcome {
  readonly stdout: string;
  /** The same, in pieces made when they are asked for; only of a text that may be larger than all that it tells. */
  readonly pieces?: () => Iterable<string>;
  /** Files that a flag asked for. */
  readonly files?: readonly OutputFile[];
  readonly result: 'as-planned' | 'findings' | 'outside-failed';
  /** What `stdout` tells, as data. */
  readonly document?: ReportDocument;
}

/** A file that a flag asked for, relative to the working directory. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}
