import { expect, test } from 'vitest';
import { readsContext } from '../../src/render/reads-context.ts';

test.each([
  ['COPY of a file', 'COPY app.py /app/', true],
  ['COPY of a folder, with flags', 'COPY --chown=1:1 --link . /app', true],
  ['COPY written as JSON', 'COPY ["a b", "/x"]', true],
  ['COPY in small letters, over several lines', 'copy \\\n  # why\n  a \\\n  /b', true],
  ['COPY from a stage', 'COPY --from=base /q /r', false],
  ['COPY from an image', 'COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/', false],
  ['COPY of a heredoc, whose text is no instruction', 'COPY <<EOF /z\nCOPY . /app\nEOF', false],
  ['COPY of a heredoc that feeds a program', 'COPY <<EOF /z\n#!/bin/sh\nread a <<<"$1"\nEOF', false],
  ['COPY of a heredoc and of a file on the next line', 'COPY <<EOF \\\n  app.py /z/\nx <<Y\nEOF', true],
  ['COPY of a heredoc beside a file', 'COPY <<EOF app.py /z/\nx\nEOF', true],
  ['ADD of a file', 'ADD app.tar /app', true],
  ['ADD of a URL', 'ADD --checksum=sha256:1 https://example.com/x /x', false],
  ['ADD of a git repository', 'ADD git@github.com:acme/app.git#1.0 /x', false],
  ['ADD of a URL beside a file', 'ADD https://example.com/x app.py /x/', true],
  ['ADD of what an argument says', 'ARG FROM_WHERE\nADD $FROM_WHERE /x', true],
  ['a bind mount', 'RUN --mount=type=bind,source=app,target=/a true', true],
  ['a mount without a type, which is a bind mount', 'RUN --mount=target=/a true', true],
  ['a bind mount of a stage', 'RUN --mount=type=bind,from=wheels,target=/w pip install', false],
  ['a mount without a type of a stage', 'RUN --mount=from=wheels,target=/w pip install', false],
  ['a cache and a secret', 'RUN --mount=type=cache,target=/c --mount=type=secret,id=x true', false],
  ['a second mount that binds', 'RUN --mount=type=cache,target=/c --mount=target=/a true', true],
  ['RUN of a heredoc', 'RUN <<EOF\nCOPY . /app\nADD . /app\nEOF', false],
  ['ONBUILD', 'ONBUILD COPY . /app', true],
  ['ONBUILD of something else', 'ONBUILD RUN true', false],
  ['a comment', '# COPY . /app', false],
  ['nothing', 'RUN pip install "app==$VERSION"', false],
])('%s: %s', (_, lines, expected) => {
  expect(readsContext(`FROM alpine:3 AS base\n${lines}\n`)).toBe(expected);
});

test('an empty file reads nothing', () => {
  expect(readsContext('')).toBe(false);
});
