/**
 * The questions asked of the world, in domain words. Everything above this file is pure; adapters answer.
 *
 * "Not allowed to look" is never "not there": a port answers `null` or `absent` on a 404 alone and throws
 * {@link OutsideError} for everything else, or reports `unknown` where it returns a snapshot.
 */
import type { BranchCommit } from './domain/branch-commit.ts';
import type { BuildTarget } from './domain/build-target.ts';
import type { BuildWork } from './domain/build-work.ts';
import type { Descriptor, Digest, Manifest } from './domain/digest.ts';
import type { Problem } from './domain/errors.ts';
import type { IndexedVersion, PartialFacts, ReleaseFact, SourceKind } from './domain/release.ts';
import type { PullState } from './domain/pull-state.ts';
import type { Quota } from './domain/quota.ts';
import type { Repository } from './domain/reference.ts';
import type { Referrer } from './domain/referrers.ts';
import type { Snapshot } from './domain/snapshot.ts';
import type { WarningCode } from './domain/warning.ts';

/** Where release facts come from. A source that fails throws; it never answers with less than it knows. */
export interface ReleaseSource {
  /** For messages: `releases.json`, `github.com/PrefectHQ/prefect`, `git tags of .` */
  readonly name: string;
  list(signal?: AbortSignal): Promise<SourceAnswer>;
}

export interface SourceAnswer {
  readonly kind: SourceKind;
  readonly facts: readonly ReleaseFact[];
  /** Every git tag the source knows, where it knows them at all: what joins two sources. */
  readonly gitTags?: readonly string[];
  /** Every version an index has. */
  readonly indexed?: readonly IndexedVersion[];
  /** Why the source may know fewer releases than there are; `null` if nothing shows that. */
  readonly partial: PartialFacts | null;
  /** Disagreements inside the source (a git tag without a release, …); they warn and change nothing. */
  readonly notes: readonly SourceNote[];
}

export interface SourceNote {
  readonly code: WarningCode;
  /** What the versions are (`git tags without a release`), without the list of them. */
  readonly message: string;
  /** As the source writes them, every image's among them. */
  readonly versions: readonly string[];
}

/** A text that people read at another service, a part of which is ours: of a release, or a repository's overview. */
export interface RemotePage {
  /** For messages: `the release v1.2.0 of github.com/acme/app`. */
  readonly name: string;
  /** The longest text that the service takes, in bytes of UTF-8. */
  readonly maxBytes: number;
  /** As it is now; `null` if there is no such page, or none that this login may see. */
  read(signal?: AbortSignal): Promise<string | null>;
  /** Puts another text in its place. No service takes one only if nobody wrote meanwhile: read right before. */
  write(text: string, signal?: AbortSignal): Promise<void>;
}

/** A page, or why it cannot be written: there is no login. */
export type PageAccess =
  | { readonly kind: 'open'; readonly page: RemotePage }
  /** @property because a clause: `there is no token; set …` */
  | { readonly kind: 'closed'; readonly name: string; readonly because: string };

/** A comment on a pull request or merge request, or an issue: a text on a forge that a run writes and finds again. */
export interface Note {
  /** Of a comment its id, of an issue its number. */
  readonly id: number;
  readonly url: string;
  readonly body: string;
  /** Of whoever writes these, and nobody else: only such a text is taken for one of ours. */
  readonly trusted: boolean;
}

export interface NewNote {
  /** Comments have none. */
  readonly title: string;
  readonly body: string;
}

/** A place on a forge that holds such texts. */
export interface NoteBoard {
  list(signal?: AbortSignal): Promise<readonly Note[]>;
  /** A failure leaves open whether it was made. */
  create(note: NewNote, signal?: AbortSignal): Promise<Note>;
  update(id: number, note: NewNote, signal?: AbortSignal): Promise<Note>;
}

export interface CommentBoard extends NoteBoard {
  remove(id: number, signal?: AbortSignal): Promise<void>;
}

export interface IssueBoard extends NoteBoard {
  /** What stays below an issue that is closed. */
  comments(id: number): CommentBoard;
  /** @param isDone what it is about is done; otherwise another issue says it */
  close(id: number, isDone: boolean, signal?: AbortSignal): Promise<void>;
}

/** A board, or why nothing can be written there. */
export type BoardAccess<Board extends NoteBoard> =
  | { readonly kind: 'open'; readonly board: Board }
  /** @property because a clause: `there is no token; set …` */
  | { readonly kind: 'closed'; readonly because: string };

/** What the pipeline that this is part of may write to. */
export interface NoteAccess {
  readonly comments: BoardAccess<CommentBoard>;
  readonly issues: BoardAccess<IssueBoard>;
  /** Of the job that runs this; empty where it is not known. */
  readonly runUrl: string;
}

/** Where the package of an image is uploaded to; a release event may come before the upload has ended. */
export interface PackageIndex {
  readonly name: string;
  /** Whether a file of this version can be downloaded. */
  hasVersion(version: string, signal?: AbortSignal): Promise<boolean>;
}

/** Reading one repository of a registry. */
export interface RegistryReader {
  readonly repository: Repository;
  /** Where a tag or digest points, by HEAD; `null` on 404 only. The digest is the registry's word, not yet hashed. */
  head(reference: string, signal?: AbortSignal): Promise<Descriptor | null>;
  /** The manifest, its body hashed and compared with the digest asked for or answered; `null` on 404 only. */
  manifest(reference: string, signal?: AbortSignal): Promise<Manifest | null>;
  /** A small blob (an image config), hashed; `null` on 404 only. */
  blob(digest: Digest, signal?: AbortSignal): Promise<Uint8Array | null>;
  /** What hangs on a digest: signatures, attestations, SBOMs; `null` if the registry keeps no such lists. */
  referrers(digest: Digest, signal?: AbortSignal): Promise<readonly Referrer[] | null>;
  /** Every tag, all pages; `null` where the repository does not exist. */
  tags(signal?: AbortSignal): Promise<readonly string[] | null>;
  /** Requests sent so far, retries included. */
  requests(): number;
  /** What the registry last said is left of its rate limit; `null`, or left out, where it does not say. */
  quota?(): Quota | null;
}

/** Writing to one repository of a registry. */
export interface RegistryWriter {
  /** PUT of exactly these bytes under a tag or digest; returns the digest the registry answered. */
  putManifest(reference: string, manifest: Manifest, signal?: AbortSignal): Promise<Digest>;
  /** Uploads a blob unless it is there. */
  putBlob(bytes: Uint8Array, digest: Digest, signal?: AbortSignal): Promise<void>;
  /** Brings a blob over from another repository: mounted where the registry allows it, else streamed; layers may be large. */
  copyBlob(from: Repository, digest: Digest, signal?: AbortSignal): Promise<void>;
  /** Deletes one tag by name; `false` where the registry cannot delete a tag without its manifest. */
  deleteTag(tag: string, signal?: AbortSignal): Promise<boolean>;
  /** Deletes a manifest with every tag on it; one that is gone is deleted. `false` where the registry deletes none. */
  deleteManifest(digest: Digest, signal?: AbortSignal): Promise<boolean>;
}

export interface Registry extends RegistryReader, RegistryWriter {}

/** Opens repositories; connections and credentials are shared between them. */
export interface Registries {
  open(repository: Repository): Registry;
  close(): Promise<void>;
}

/** Reads many tags in as few requests as the registry allows. Tags that could not be read are `unknown`. */
export interface SnapshotSource {
  readonly name: string;
  /** @param onRead told how many more tags are known */
  read(tags: readonly string[], signal?: AbortSignal, onRead?: (count: number) => void): Promise<Snapshot>;
}

/** Verifies signatures by what the config says counts. Nothing is asked of any service. */
export interface SignatureVerifier {
  /** The statement that was signed; or why the signature does not count. Throws for nothing that is in the signature. */
  verify(signed: SignedThing): VerifiedThing;
}

export type SignedThing =
  /** A bundle of sigstore's, as JSON. */
  | { readonly kind: 'bundle'; readonly bytes: Uint8Array }
  /** What cosign 2 keeps in a layer, with its annotations: a payload, or an envelope of a statement. */
  | {
      readonly kind: 'payload' | 'envelope';
      readonly bytes: Uint8Array;
      readonly annotations: Readonly<Record<string, string>>;
    };

export type VerifiedThing =
  | { readonly ok: true; readonly payload: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** Builds targets and pushes the references each names. */
export interface Builder {
  readonly name: 'buildx' | 'stand-in';
  /** Never throws for a target that failed: that is in the report. Throws where nothing could be run at all. */
  build(targets: readonly BuildTarget[], options: BuildOptions): Promise<BuildReport>;
  /** What it keeps of earlier builds; left out: nothing. One that cannot be asked is `unknown`. */
  cache?(signal?: AbortSignal): Promise<BuilderCache>;
}

export type BuilderCache =
  | {
      readonly kind: 'known';
      readonly layers: number;
      /** Commands of RUN steps that left a layer, white space as one space. Which base it lies on is not said. */
      readonly commands: ReadonlySet<string>;
    }
  | { readonly kind: 'unknown'; readonly because: string };

export interface BuildOptions {
  /** A line of progress, as it happens. */
  readonly onProgress: (line: string) => void;
  /** The steps that run now, in the order they began in. */
  readonly onRunning?: (steps: readonly string[]) => void;
  readonly signal?: AbortSignal;
}

/** What the builder reported, target by target; the registry is read back before anything is believed. */
export interface BuildReport {
  readonly targets: readonly BuiltTarget[];
}

export type BuiltTarget =
  | { readonly id: string; readonly kind: 'built'; readonly digest: Digest; readonly work?: BuildWork }
  /** It builds; there was nowhere to push it to. */
  | { readonly id: string; readonly kind: 'unpushed'; readonly work?: BuildWork }
  /** `log`: the last lines that the step printed which failed. */
  | { readonly id: string; readonly kind: 'failed'; readonly reason: string; readonly log?: readonly string[] }
  /** The builder failed as a whole and did not say which targets were pushed. */
  | { readonly id: string; readonly kind: 'unreported'; readonly reason: string };

/** `special` is a device, pipe or socket; `outside` is not in the root, or leads out of it through a symbolic link. */
export type FileEntry = 'nothing' | 'file' | 'folder' | 'special' | 'broken link' | 'outside';

/** Files of the project: templates and Dockerfiles, in the git working tree of the config and never outside it. */
export interface ProjectFiles {
  /** @returns `null` where there is no such file; throws `InputError` for a path that leaves the root or is no regular file */
  read(path: string): Promise<string | null>;
  write(path: string, text: string): Promise<void>;
  /** What is at a path, where reading it is not enough: `read` takes a link that leads nowhere for nothing. */
  entry(path: string): Promise<FileEntry>;
  /** What keeps a path from being handed to a builder: it leaves the root, or is a device, pipe or socket. */
  unfit(path: string, where: string, kind: 'file' | 'folder'): Promise<readonly Problem[]>;
  /** Paths of the files in a folder, relative to the root, by code unit. */
  list(folder: string): Promise<readonly string[]>;
}

/** The git repository that the config lies in. Paths are relative to the config's folder. */
export interface SourceRepository {
  /** Whether releases of these sources are commits of it: its git tags, or the GitHub repository it was cloned from. */
  isSourceOf(source: { readonly git: string | null; readonly github: string | null }): Promise<boolean>;
  hasCommit(revision: string): Promise<boolean>;
  /** The commit that is checked out; `null` before the first one. */
  head(): Promise<string | null>;
  /** What a commit has at a path; `null`: nothing. */
  at(revision: string, path: string): Promise<CommittedEntry | null>;
  /** Files under the paths that differ from the last commit or are not in it; what git ignores is left out. */
  uncommitted(paths: readonly string[]): Promise<readonly string[]>;
  /**
   * A clean checkout of a commit in a folder of its own, with a `.git` that needs nothing outside of it, submodules and
   * LFS files included. Throws `InputError` for one of those that cannot be had.
   */
  checkout(revision: string): Promise<Checkout>;
}

export type CommittedEntry = { readonly kind: 'folder' } | { readonly kind: 'file'; readonly text: string };

export interface Checkout {
  /** The config's folder in it. */
  readonly root: string;
  remove(): Promise<void>;
}

/** Branches as the git checkout knows them, which may be less than its remote does. */
export interface Branches {
  /** The commit at the head of each, 40 hex. */
  readonly heads: ReadonlyMap<string, string>;
  /** `null` if nobody says. */
  readonly defaultBranch: string | null;
  /** Whose branches they are; `null`: the repository's own. */
  readonly remote: string | null;
  /** Why branches, or commits of them, may be missing; `null` if nothing shows that. */
  readonly partial: PartialFacts | null;
  /** Commits along the first parents, newest first: those the clone has, and no more than some hundred. */
  line(branch: string): Promise<readonly BranchCommit[]>;
}

/** Pull requests of a repository on GitHub, merge requests of a project on GitLab. */
export interface PullRequests {
  /** For messages: `github.com/acme/app`. */
  readonly name: string;
  /** `null` if there is none of that number, or none that this login may see. */
  state(number: number, signal?: AbortSignal): Promise<PullState | null>;
}

/** Pull requests, or why they are not asked for. */
export type PullAccess =
  | { readonly kind: 'open'; readonly pulls: PullRequests }
  /** @property because a clause: `there is no token; set …` */
  | { readonly kind: 'closed'; readonly because: string };

/** What git knows of the folder that `init` runs in. */
export interface GitFacts {
  /** The folder's own name. */
  readonly folder: string;
  readonly isRepository: boolean;
  /** Where the folder is in the git working tree, `services/web`; left out at its top. */
  readonly below?: string;
  /** The URL of `origin`, or of another remote without it: it may hold credentials, so nothing of it is shown. */
  readonly remote: string | null;
  /** Oldest first. */
  readonly tags: readonly string[];
  /** Git tags of one commit, for each commit that has several; left out where no commit has. */
  readonly oneCommit?: readonly (readonly string[])[];
  /** Paths of the files in the folder, those that git ignores left out. */
  readonly files: readonly string[];
}

/** A config as the default branch has it. */
export type DefaultConfig =
  | {
      readonly kind: 'read';
      /** `main:matrix.config.ts` */
      readonly file: string;
      readonly text: string;
    }
  | { readonly kind: 'unread'; readonly reason: string; readonly fix: string };

/** Where journals are kept: one file a run, under `<registry>/<repository>/<version>/`. */
export interface JournalStore {
  /** Journals of one repository and version, oldest first. */
  find(repository: Repository, version: string): Promise<readonly JournalFile[]>;
  read(path: string): Promise<JournalFile>;
  create(repository: Repository, version: string): Promise<JournalWriter>;
  resume(file: JournalFile): Promise<JournalWriter>;
}

/** A journal as it was found. A torn last line is left out and told. */
export interface JournalFile {
  readonly path: string;
  readonly entries: readonly unknown[];
  readonly torn: boolean;
  /** The process that writes it is still there. */
  readonly inUse: boolean;
}

/** An append-only record of one run. Each entry is on disk before the call returns. */
export interface JournalWriter {
  readonly path: string;
  append(entry: Readonly<Record<string, unknown>>): Promise<void>;
  close(): Promise<void>;
}

/** Where statements of moves are kept: one file a repository, which is only ever added to. */
export interface EvidenceStore {
  /** For messages. */
  pathOf(repository: Repository): string;
  /** What the file of a repository holds; `null` if there is none. Throws `InputError` if it cannot be read. */
  read(repository: Repository): Promise<string | null>;
  /**
   * Adds a line, on disk before the call returns. No other run adds one meanwhile; half a line that a kill left goes to
   * {@link cutPathOf} first.
   *
   * @param make of what the file holds by then: the line without its end, or `null` for none
   * @throws {OutsideError} FILE_FAILED
   */
  append(repository: Repository, make: (text: string) => Promise<string | null>): Promise<void>;
  /** Where half lines are kept, for messages. */
  cutPathOf(repository: Repository): string;
  /** Looks whether a line could be added, and changes nothing. Throws `InputError` EVIDENCE_INVALID if it could not. */
  ready(repository: Repository): Promise<void>;
}

/** What statements of moves are signed with: a key, or a certificate for whoever runs this. */
export interface StatementSigner {
  readonly kind: 'key' | 'keyless';
  /**
   * Gets what a signature needs from others, so that what is missing is found before a tag moves. Asks again only for what
   * does not last much longer.
   *
   * @throws {InputError} EVIDENCE_INVALID or USAGE for a run that cannot sign this way
   * @throws {OutsideError} SIGNING_FAILED, CREDENTIALS_FAILED, ABORTED
   */
  ready(signal: AbortSignal): Promise<void>;
  /** The signature of DSSE, over the text as an in-toto statement. Throws as {@link ready} does. */
  sign(text: string, signal: AbortSignal): StatementSignature | Promise<StatementSignature>;
  /** Both as a bundle of sigstore's, in JSON; the signature may be another signer's. */
  bundle(text: string, signature: StatementSignature): Uint8Array;
  /** Whether a signature is by this key, or by an identity that counts. */
  readonly verify: StatementVerifier;
}

export interface StatementSignature {
  /** A hint which key it was; empty without a key. */
  readonly keyid: string;
  /** Base64. */
  readonly sig: string;
  /** Without a key: the certificate and its entry in the transparency log, as a bundle of sigstore's has them. */
  readonly verificationMaterial?: Readonly<Record<string, unknown>> | undefined;
}

/** Whoever may sign statements without a key. */
export interface SignerIdentity {
  /**
   * As certificates name them, `https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1`; `*` is any text, in
   * front of an `@` one without it.
   */
  readonly identities: readonly string[];
  /** Who vouches for them: `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /** A file with the trust root of sigstore. */
  readonly trustRoot: string;
}

/** The services that signing without a key asks. */
export interface KeylessServers {
  readonly fulcio: string;
  readonly rekor: string;
}

/** @returns what is wrong with a statement's signature; `null`: nothing */
export type StatementVerifier = (text: string, signature: StatementSignature) => string | null;

/** The one place that knows what time it is and how to wait. */
export interface Clock {
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Shows how far long work is. */
export interface Progress {
  /** @param total how much there is to do; `null` if that is not known */
  readonly start: (what: string, total: number | null) => Task;
  /** What runs now, on a terminal alone; each call takes the place of the one before, and `null` ends it. */
  readonly now: (what: string | null) => void;
}

export interface Task {
  /** So much more is done; one by default. */
  readonly advance: (count?: number) => void;
  readonly end: () => void;
}

/** What is installed and set on this machine, for `doctor` and `version`. Nothing here throws for what is missing. */
export interface Machine {
  readonly node: string;
  /** `linux/x64` */
  readonly platform: string;
  /** The commit that this copy was built from; `null` if that was not noted. */
  readonly build: string | null;
  /** Names of the `TAGWRIGHT_` variables that are set. */
  readonly variables: readonly string[];
  docker(): Promise<Tool>;
  buildx(): Promise<Tool>;
  /** The builder that buildx would use. */
  builder(name: string | null): Promise<BuilderFacts>;
  /**
   * Whether requests to this registry are sent with a login; never the login.
   *
   * @param insecureHosts the registry is asked whether it takes the login, these in plain HTTP; `null`: it is not asked
   */
  login(repository: Repository, insecureHosts: readonly string[] | null): Promise<LoginFacts>;
  /** Why there is no token for this GitHub API; `null` if there is one. */
  missingToken(apiUrl: string | null): string | null;
  /** Why the folder that tagwright keeps compiled configs in cannot be written to; `null` if it can. */
  cacheFault(): Promise<string | null>;
}

/** The targets of bake files, as JSON. */
export type PrintedBake =
  | { readonly kind: 'printed'; readonly json: string }
  | { readonly kind: 'unread'; readonly because: string };

export type Tool =
  | { readonly kind: 'found'; readonly version: string }
  | { readonly kind: 'missing'; readonly because: string };

export type BuilderFacts =
  | {
      readonly kind: 'found';
      readonly name: string;
      readonly driver: string;
      readonly platforms: readonly string[];
      /** It builds several platforms into one image. */
      readonly isMultiPlatform: boolean;
    }
  | { readonly kind: 'missing'; readonly because: string };

export type LoginFacts =
  | {
      readonly kind: 'found';
      /** It is in variables that tagwright alone reads, and nowhere that Docker looks. */
      readonly isOurs: boolean;
      /** `docker login ghcr.io (sent: user "robot", from ~/.docker/config.json)` */
      readonly advice: string;
      /** `null`: it was not asked. */
      readonly answer: LoginAnswer | null;
    }
  | { readonly kind: 'none'; readonly advice: string }
  | { readonly kind: 'failed'; readonly because: string };

/** What a registry says to a login. */
export type LoginAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly because: string }
  /** It answers everybody, and so does not say. */
  | { readonly kind: 'open' }
  | { readonly kind: 'unanswered'; readonly because: string };
