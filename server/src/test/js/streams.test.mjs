import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hello, item, msg, row, settled, stage } from './stage.mjs';

/** A server of streams and POSTs, played by the test. */
class Server {
  streams = [];
  posts = [];

  fetch = (url, init = {}) => {
    const { pathname, searchParams } = new URL(url);
    const headers = new Headers(init.headers);
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      const request = { searchParams, headers, signal: init.signal, resolve, reject };
      if (pathname === '/v1/stream') this.streams.push(this.#stream(request));
      else if (pathname === '/v1/rpc') this.posts.push({ ...request, body: init.body });
      else reject(new Error(url));
    });
  };

  #stream(request) {
    let controller;
    const body = new ReadableStream({ start: (given) => (controller = given) });
    const utf8 = new TextEncoder();
    return {
      ...request,
      opens: () => request.resolve(new Response(body, { status: 200 })),
      refuses: (status, text) => request.resolve(new Response(text, { status })),
      writes: (text) => controller.enqueue(utf8.encode(text)),
      says: (...units) =>
        controller.enqueue(
          utf8.encode(units.map((unit) => `data: ${JSON.stringify(unit)}\n\n`).join('')),
        ),
      ends: () => controller.close(),
    };
  }

  get stream() {
    return this.streams.at(-1);
  }

  /** The units of the oldest POST that is not answered; `answer` makes what is answered. */
  async answers(answer, status = 200) {
    const post = this.posts.shift();
    const units = post.body.split('\n').map((line) => JSON.parse(line));
    const lines = units.map((unit) => JSON.stringify(answer(unit)) + '\n').join('');
    post.resolve(new Response(lines, { status }));
    await played();
    return { units, post };
  }
}

/** Streams and responses take some turns of the loop. */
async function played() {
  for (let i = 0; i < 10; i++) await settled();
}

async function comesLive(server, convs = []) {
  await played();
  server.stream.opens();
  server.stream.says(hello({ conn: 'n1-7' }));
  await played();
  return server.answers((unit) => ({ op: 'ok', id: unit.id, cursor: 'c1', convs }));
}

test('sse: the stream says who it is of, and requests follow by post', async () => {
  const server = new Server();
  const alice = stage({ transport: 'sse', fetch: server.fetch, device: 'laptop' });
  alice.client.start();
  const { units, post } = await comesLive(server);
  assert.equal(server.stream.searchParams.get('user'), 'alice');
  assert.equal(server.stream.searchParams.get('device'), 'laptop');
  assert.equal(units[0].op, 'sync');
  assert.equal(post.searchParams.get('user'), 'alice');
  assert.equal(post.headers.get('X-Conn'), 'n1-7');
  assert.deepEqual(alice.states(), ['connecting', 'syncing', 'live']);
  assert.equal(alice.peers.length, 0, 'no WebSocket was tried');
});

test('sse: a token stands in headers, never in a url', async () => {
  const server = new Server();
  const alice = stage({ transport: 'sse', fetch: server.fetch, token: 'secret' });
  alice.client.start();
  const { post } = await comesLive(server);
  for (const { headers, searchParams } of [server.stream, post]) {
    assert.equal(headers.get('Authorization'), 'Bearer secret');
    assert.equal(searchParams.get('token'), null);
    assert.equal(searchParams.get('user'), null);
  }
});

test('sse: entries come in any pieces, and are handed over once and in order', async () => {
  const server = new Server();
  const alice = stage({ transport: 'sse', fetch: server.fetch });
  alice.client.start();
  await comesLive(server, [row('u:bob', 1, { tail: [item(1)] })]);
  server.stream.writes(': nothing\n\nid: c2\n\nda');
  await played();
  server.stream.writes(`ta: ${JSON.stringify(msg('u:bob', 2))}\n`);
  await played();
  server.stream.writes('\n');
  server.stream.says(msg('u:bob', 2), msg('u:bob', 3));
  await played();
  assert.deepEqual(alice.seqs('u:bob'), [1, 2, 3]);
});

test('sse: sends keep their order, one post at a time', async () => {
  const server = new Server();
  const alice = stage({ transport: 'sse', fetch: server.fetch });
  alice.client.start();
  await comesLive(server);
  const sent = [1, 2, 3].map((data) => alice.client.send('u:bob', data));
  const others = [4, 5].map((data) => alice.client.send('g:ops', data));
  await played();
  assert.equal(server.posts.length, 1);
  const seen = [];
  let seq = 0;
  while (server.posts.length > 0) {
    assert.equal(server.posts.length, 1);
    const { units } = await server.answers((unit) => ({
      op: 'ok', id: unit.id, in: unit.to, epoch: 'e', seq: ++seq, ts: 1, level: 'disk',
    }));
    seen.push(...units.map(({ data }) => data));
  }
  assert.deepEqual(seen.filter((data) => data < 4), [1, 2, 3]);
  assert.equal((await Promise.all([...sent, ...others])).length, 5);
});

test('sse: a ping is not answered by a post', async () => {
  const server = new Server();
  const alice = stage({ transport: 'sse', fetch: server.fetch });
  alice.client.start();
  await comesLive(server);
  server.stream.says({ op: 'ping', cursor: 'c2' });
  await played();
  assert.equal(server.posts.length, 0);
});

test('sse: what was unanswered when the stream ended is sent again on the next', async () => {
  const server = new Server();
  const alice = stage({ transport: 'sse', fetch: server.fetch });
  alice.client.start();
  await comesLive(server);
  const sent = alice.client.send('u:bob', 'hi');
  await played();
  const { body } = server.posts.shift();
  server.stream.ends();
  await played();
  assert.equal(alice.client.state.state, 'waiting');
  alice.clock.advance(alice.client.state.retryInMillis);
  await played();
  server.stream.opens();
  server.stream.says(hello({ conn: 'n1-8' }));
  await played();
  const { units } = await server.answers((unit) =>
    unit.op === 'sync'
      ? { op: 'ok', id: unit.id, cursor: 'c2', convs: [] }
      : { op: 'ok', id: unit.id, in: 'u:bob', epoch: 'e', seq: 1, ts: 1, level: 'disk' },
  );
  assert.equal(units.find(({ op }) => op === 'send').cid, JSON.parse(body).cid);
  assert.equal((await sent).seq, 1);
});

const EXPIRED =
  '{"op":"err","code":"unauthorized","msg":"the token has expired"}\n' +
  '{"op":"bye","code":"token_expired","close":4005}\n';

test('sse: an expired token is asked for anew, a wrong one is a verdict', async () => {
  const server = new Server();
  const asked = [];
  const token = ({ expired }) => `token-${asked.push(expired)}`;
  const alice = stage({ transport: 'sse', fetch: server.fetch, token });
  alice.client.start();
  await played();
  server.stream.refuses(401, EXPIRED);
  await played();
  alice.clock.advance(1_000);
  await played();
  assert.deepEqual(asked, [false, true]);
  assert.equal(server.stream.headers.get('Authorization'), 'Bearer token-2');
  server.stream.refuses(401, EXPIRED.replace('token_expired","close":4005', 'auth_failed","close":4500'));
  await played();
  assert.equal(alice.client.state.state, 'refused');
  assert.equal(alice.client.state.close, 4500);
});

test('auto: where a WebSocket fails without a word a stream is tried at once and kept to', async () => {
  const server = new Server();
  const alice = stage({ transport: 'auto', fetch: server.fetch });
  alice.client.start();
  assert.equal(alice.peers.length, 1);
  alice.peer.ends(1006);
  await comesLive(server);
  assert.equal(alice.client.state.state, 'live');
  server.stream.ends();
  await played();
  alice.clock.advance(alice.client.state.retryInMillis);
  await comesLive(server);
  assert.equal(alice.peers.length, 1, 'no further WebSocket was tried');
});

test('auto: where neither can be had, both are tried again after a pause', async () => {
  const server = new Server();
  const alice = stage({ transport: 'auto', fetch: server.fetch });
  alice.client.start();
  alice.peer.ends(1006);
  await played();
  server.stream.reject(new Error('no network'));
  await played();
  assert.equal(alice.client.state.state, 'waiting');
  assert.equal(alice.peers.length, 1);
  alice.clock.advance(alice.client.state.retryInMillis);
  assert.equal(alice.peers.length, 2);
  alice.comeLive();
  assert.equal(alice.client.state.state, 'live');
});

test('auto: a node that is gone is no network that lets no WebSocket pass', async () => {
  const server = new Server();
  const url = ['ws://one/v1/ws', 'ws://two/v1/ws'];
  const alice = stage({ transport: 'auto', fetch: server.fetch, url });
  const old = alice.goLive();
  old.ends(1006);
  alice.clock.advance(alice.client.state.retryInMillis);
  assert.notEqual(alice.peer.url, old.url);
  alice.peer.ends(1006);
  await played();
  server.stream.reject(new Error('nobody there either'));
  await played();
  alice.clock.advance(alice.client.state.retryInMillis);
  assert.equal(alice.peer.url, old.url);
  alice.comeLive();
  assert.equal(alice.client.state.state, 'live');
  assert.equal(alice.peers.length, 3);
  assert.equal(server.streams.length, 1);
});

test('auto: a word of the server is no reason to try the other', async () => {
  const server = new Server();
  const alice = stage({ transport: 'auto', fetch: server.fetch });
  alice.client.start();
  alice.peer.opens().says({ op: 'bye', code: 'overloaded', close: 4001, retry: 5000 });
  alice.peer.ends(4001);
  await played();
  assert.equal(server.streams.length, 0);
  assert.equal(alice.client.state.state, 'waiting');
});
