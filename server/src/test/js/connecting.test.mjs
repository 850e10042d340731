import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hello, items, msg, row, seeded, settled, stage } from './stage.mjs';

const ALMOST_ONE = 0.999_999_9;

test('auth and sync are the first words', () => {
  const alice = stage({ device: 'laptop', tail: 3 });
  alice.client.start();
  const peer = alice.peer;
  assert.equal(peer.url, 'ws://test/v1/ws');
  peer.opens();
  assert.deepEqual(peer.heard(), [
    { op: 'auth', user: 'alice', v: 1, device: 'laptop', client: 'tidings.js' },
    { op: 'sync', id: 1, tail: 3, limit: 200 },
  ]);
  peer.says(hello(), { op: 'ok', id: 1, cursor: 'c', convs: [] });
  assert.deepEqual(alice.states(), ['connecting', 'syncing', 'live']);
  assert.equal(alice.client.welcome.user, 'alice');
});

test('backoff doubles from half a second to thirty and stays there', () => {
  const alice = stage({ random: () => ALMOST_ONE });
  alice.client.start();
  for (let i = 0; i < 10; i++) {
    alice.comeBack();
  }
  const waits = alice.record.state.filter(({ state }) => state === 'waiting');
  const seconds = waits.map(({ retryInMillis }) => Math.round(retryInMillis) / 1_000);
  assert.deepEqual(seconds, [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]);
});

test('jitter is full: the next attempt may come at once', () => {
  const alice = stage({ random: () => 0 });
  alice.client.start();
  alice.peer.ends(1006);
  assert.equal(alice.client.state.retryInMillis, 0);
  alice.clock.advance(0);
  assert.equal(alice.peers.length, 2);
});

test('a minute of life forgets earlier failures, less does not', () => {
  const alice = stage({ random: () => ALMOST_ONE });
  alice.client.start();
  for (let i = 0; i < 4; i++) alice.comeBack();
  const wait = () => Math.round(alice.client.state.retryInMillis);
  alice.comeLive();
  alice.clock.advance(59_999);
  alice.peer.ends(1006);
  assert.equal(wait(), 8_000);
  alice.clock.advance(8_000);
  alice.comeLive();
  alice.clock.advance(60_000);
  alice.peer.ends(1006);
  assert.equal(wait(), 500);
});

for (const close of [4500, 4501, 4502, 4503, 4504, 4505, 4506, 4507, 4999]) {
  test(`close ${close} is a verdict: stay away`, () => {
    const alice = stage();
    const peer = alice.goLive();
    peer.says({ op: 'bye', code: 'why', close });
    peer.ends(close);
    assert.deepEqual(alice.client.state, { state: 'refused', close, code: 'why' });
    alice.clock.advance(3_600_000);
    assert.equal(alice.peers.length, 1);
    assert.equal(alice.clock.waiting, 0);
    alice.client.start();
    assert.equal(alice.peers.length, 2);
  });
}

for (const close of [1000, 1001, 1006, 1009, 1011, 4000, 4001, 4002, 4003, 4004, 4006, 4321]) {
  test(`close ${close} is none: come back`, () => {
    const alice = stage();
    alice.goLive().ends(close);
    assert.equal(alice.client.state.state, 'waiting');
    alice.clock.advance(alice.client.state.retryInMillis);
    assert.equal(alice.peers.length, 2);
  });
}

test('a refused auth says why', () => {
  const alice = stage();
  alice.client.start();
  alice.peer.opens().says({ op: 'err', re: 'auth', code: 'unauthorized', msg: 'no user here' });
  alice.peer.ends(4500);
  assert.deepEqual(alice.client.state, { state: 'refused', close: 4500, code: 'unauthorized' });
});

test('an expired token is replaced by asking for a new one', async () => {
  const asked = [];
  const token = async (why) => {
    asked.push(why.expired);
    return `token-${asked.length}`;
  };
  const alice = stage({ token });
  alice.client.start();
  await settled();
  assert.equal(alice.peer.opens().heardOne('auth').token, 'token-1');
  alice.peer.says(hello(), { op: 'bye', code: 'token_expired', close: 4005 });
  alice.peer.ends(4005);
  alice.clock.advance(500);
  await settled();
  assert.equal(alice.peer.opens().heardOne('auth').token, 'token-2');
  assert.deepEqual(asked, [false, true]);
});

test('an expired token that cannot be replaced is a verdict', () => {
  const alice = stage({ token: 'only-this' });
  alice.goLive().ends(4005);
  assert.equal(alice.client.state.state, 'refused');
});

test('a token that cannot be had now is asked for again', async () => {
  let calls = 0;
  const token = () => {
    if (++calls === 1) throw new Error('sign-in is down');
    return 'late';
  };
  const alice = stage({ token });
  alice.client.start();
  await settled();
  assert.equal(alice.peers.length, 0);
  assert.equal(alice.record.fault[0].cause.message, 'sign-in is down');
  alice.clock.advance(500);
  await settled();
  assert.equal(alice.peer.opens().heardOne('auth').token, 'late');
});

test('a token that comes after stop is not used', async () => {
  let give;
  const alice = stage({ token: () => new Promise((resolve) => (give = resolve)) });
  alice.client.start();
  alice.client.stop();
  give('late');
  await settled();
  assert.equal(alice.peers.length, 0);
});

test('retry is waited for at least', () => {
  const alice = stage({ random: () => 0 });
  const peer = alice.goLive();
  peer.says({ op: 'bye', code: 'overloaded', close: 4001, retry: 5_000 });
  peer.ends(4001);
  alice.clock.advance(4_999);
  assert.equal(alice.peers.length, 1);
  alice.clock.advance(1);
  assert.equal(alice.peers.length, 2);
});

test('within opens the replacement first and loses nothing', () => {
  const alice = stage({ random: () => 0.25 });
  const old = alice.goLive([row('u:bob', 1)]);
  old.says({ op: 'bye', code: 'draining', close: 4000, within: 30_000 });
  alice.clock.advance(7_499);
  assert.equal(alice.peers.length, 1);
  alice.clock.advance(1);
  assert.equal(alice.peers.length, 2);
  old.says(msg('u:bob', 2));
  assert.equal(alice.client.state.state, 'live');
  const fresh = alice.peer.opens();
  const sync = fresh.heardOne('sync');
  old.says(msg('u:bob', 3));
  fresh.says(hello());
  assert.equal(old.closedByClient, true);
  fresh.says(msg('u:bob', 3));
  // Read before 3 was appended: it proves nothing against what is already known.
  fresh.says({ op: 'ok', id: sync.id, cursor: 'c', convs: [row('u:bob', 2, { tail: [{ seq: 2 }] })] });
  fresh.says(msg('u:bob', 4));
  assert.deepEqual(alice.seqs('u:bob'), [2, 3, 4]);
  assert.deepEqual(alice.record.gap, []);
});

test('being replaced by oneself is no verdict', () => {
  const alice = stage({ random: () => 0 });
  const old = alice.goLive();
  old.says({ op: 'bye', code: 'draining', close: 4000, within: 30_000 });
  alice.clock.advance(0);
  const fresh = alice.peer.opens();
  old.says({ op: 'bye', code: 'replaced', close: 4503 });
  old.ends(4503);
  assert.equal(alice.client.state.state, 'connecting');
  fresh.heard();
  fresh.says(hello(), { op: 'ok', id: 1, cursor: 'c', convs: [] });
  assert.equal(alice.client.state.state, 'live');
});

test('what was in flight on the old connection is repeated on its replacement', async () => {
  const alice = stage({ random: () => 0 });
  const old = alice.goLive();
  old.says({ op: 'bye', code: 'draining', close: 4000, within: 1_000 });
  const sent = alice.client.send('u:bob', 'hi');
  const { cid } = old.heardOne('send');
  alice.clock.advance(0);
  const fresh = alice.comeLive();
  const again = fresh.heardOne('send');
  assert.equal(again.cid, cid);
  fresh.says({ op: 'ok', id: again.id, in: 'u:bob', epoch: 'e1', seq: 1, dup: true });
  assert.equal((await sent).dup, true);
});

test('a repair that the old connection did not answer is asked on its replacement', () => {
  const alice = stage({ random: () => 0 });
  const old = alice.goLive([row('u:bob', 1)]);
  old.says(msg('u:bob', 3));
  assert.equal(old.heardOne('history').after, 1);
  old.says({ op: 'bye', code: 'draining', close: 4000, within: 1_000 });
  alice.clock.advance(0);
  const fresh = alice.comeLive([row('u:bob', 3)]);
  const ask = fresh.heardOne('history');
  fresh.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 3, items: items(2, 3) });
  assert.deepEqual(alice.seqs('u:bob'), [2, 3]);
});

test('a connection that ends before its replacement is due waits for that moment', () => {
  const alice = stage({ random: () => 0.5 });
  const old = alice.goLive();
  old.says({ op: 'bye', code: 'draining', close: 4000, within: 10_000 });
  old.ends(4000);
  assert.equal(alice.client.state.state, 'waiting');
  alice.clock.advance(4_999);
  assert.equal(alice.peers.length, 1);
  alice.clock.advance(1);
  assert.equal(alice.peers.length, 2);
});

const NODES = ['ws://one/v1/ws', 'ws://two/v1/ws', 'ws://three/v1/ws'];

test('each attempt goes to the next node, and each round waits longer', () => {
  const alice = stage({ url: NODES, random: () => ALMOST_ONE });
  alice.client.start();
  for (let i = 0; i < 8; i++) alice.comeBack();
  const urls = alice.peers.map(({ url }) => url);
  assert.deepEqual([...urls.slice(0, 3)].sort(), [...NODES].sort());
  assert.deepEqual(urls.slice(3, 6), urls.slice(0, 3));
  assert.deepEqual(urls.slice(6, 9), urls.slice(0, 3));
  const waits = alice.record.state.filter(({ state }) => state === 'waiting');
  const seconds = waits.map(({ retryInMillis }) => Math.round(retryInMillis) / 1_000);
  assert.deepEqual(seconds, [0.5, 0.5, 0.5, 1, 1, 1, 2, 2]);
});

test('a client may begin with any of the nodes, and leaves the list as it was', () => {
  const url = [...NODES];
  const first = new Set();
  for (let seed = 0; seed < 50; seed++) {
    const alice = stage({ url, random: seeded(seed) });
    alice.client.start();
    first.add(alice.peer.url);
  }
  assert.deepEqual([...first].sort(), [...NODES].sort());
  assert.deepEqual(url, NODES);
});

test('a node that is gone is left for another one with all that is under way', async () => {
  const alice = stage({ url: NODES.slice(0, 2) });
  const old = alice.goLive([row('u:bob', 1)]);
  const sent = alice.client.send('u:bob', 'hi');
  const { cid } = old.heardOne('send');
  const other = alice.comeBack();
  assert.notEqual(other.url, old.url);
  other.opens();
  const sync = other.heardOne('sync');
  assert.equal(sync.since, 'c1');
  other.says(hello(), { op: 'ok', id: sync.id, cursor: 'c2', convs: [row('u:bob', 2)] });
  const again = other.heardOne('send');
  assert.equal(again.cid, cid);
  other.says({ op: 'ok', id: again.id, in: 'u:bob', epoch: 'e1', seq: 2, dup: true }, msg('u:bob', 2));
  assert.equal((await sent).dup, true);
  assert.deepEqual(alice.seqs('u:bob'), [2]);
});

test('a draining node is replaced by another one, also when that is not there at first', () => {
  const alice = stage({ url: NODES.slice(0, 2), random: () => 0 });
  const old = alice.goLive();
  old.says({ op: 'bye', code: 'draining', close: 4000, within: 30_000 });
  alice.clock.advance(0);
  assert.notEqual(alice.peer.url, old.url);
  alice.peer.ends(1006);
  alice.clock.advance(0);
  assert.equal(alice.peers.length, 3);
  assert.notEqual(alice.peer.url, old.url);
  assert.equal(old.closedByClient, false);
  alice.comeLive();
  assert.equal(old.closedByClient, true);
});

test('a node that ends before it is replaced need not be waited for', () => {
  const alice = stage({ url: NODES.slice(0, 2), random: () => ALMOST_ONE });
  const old = alice.goLive();
  old.says({ op: 'bye', code: 'draining', close: 4000, within: 3_000_000 });
  old.ends(4000);
  alice.clock.advance(500);
  assert.equal(alice.peers.length, 2);
  assert.notEqual(alice.peer.url, old.url);
});

test('pings are answered, and their silence is noticed after two intervals', () => {
  const alice = stage();
  const peer = alice.goLive([], { ping: 25 });
  alice.clock.advance(49_999);
  peer.says({ op: 'ping', cursor: 'c7' });
  assert.deepEqual(peer.heard(), [{ op: 'pong' }]);
  alice.clock.advance(49_999);
  assert.equal(alice.client.state.state, 'live');
  alice.clock.advance(1);
  assert.equal(alice.client.state.state, 'waiting');
  assert.equal(peer.closedByClient, true);
});

test('a server that never says welcome is left', () => {
  const alice = stage();
  alice.client.start();
  alice.peer.opens();
  alice.clock.advance(15_000);
  assert.equal(alice.client.state.state, 'waiting');
  alice.clock.advance(500);
  assert.equal(alice.peers.length, 2);
});

test('without a heartbeat silence means nothing', () => {
  const alice = stage();
  alice.goLive([], { ping: 0 });
  alice.clock.advance(86_400_000);
  assert.equal(alice.client.state.state, 'live');
});

test('what is not JSON ends the connection, unknown words do not', () => {
  const alice = stage();
  const peer = alice.goLive();
  peer.says({ op: 'later_version', in: 'u:bob' });
  peer.onmessage({ data: '\n\n' });
  assert.equal(alice.client.state.state, 'live');
  peer.onmessage({ data: '{"op":' });
  assert.equal(alice.client.state.state, 'waiting');
});

test('going offline stays offline, coming back resumes', () => {
  const alice = stage();
  alice.goLive([row('u:bob', 1)]);
  alice.client.stop();
  alice.clock.advance(3_600_000);
  assert.equal(alice.peers.length, 1);
  assert.equal(alice.client.state.state, 'idle');
  alice.client.start();
  assert.equal(alice.peer.opens().heardOne('sync').since, 'c1');
});

test('positions of another account are not used', () => {
  const storage = { getItem: () => null, setItem() {}, removeItem() {} };
  const alice = stage({ storage, account: 'alice', token: 'bobs' });
  alice.client.start();
  alice.peer.opens().says(hello({ user: 'bob' }));
  assert.deepEqual(alice.client.state, { state: 'refused', code: 'wrong_user' });
});

test('frames are shown as they travel', () => {
  const alice = stage();
  const peer = alice.goLive();
  alice.record.frame.length = 0;
  peer.onmessage({ data: '{"op":"ping"}\n' });
  assert.deepEqual(
    alice.record.frame.map(({ direction, text }) => [direction, text]),
    [['in', '{"op":"ping"}\n'], ['out', '{"op":"pong"}']],
  );
});

test('a listener may cut the connection at any moment, and nothing is lost by it', async () => {
  for (const moment of ['syncing', 'live']) {
    const alice = stage();
    const sent = alice.client.send('u:bob', 'hi');
    const off = alice.client.on('state', ({ state }) => state === moment && alice.client.cut());
    alice.goLive();
    off();
    assert.equal(alice.client.state.state, 'waiting', moment);
    alice.clock.advance(alice.client.state.retryInMillis);
    const back = alice.comeLive();
    const { id } = back.heardOne('send');
    back.says({ op: 'ok', id, in: 'u:bob', epoch: 'e1', seq: 1 });
    assert.equal((await sent).seq, 1);
  }
});

test('a renewed welcome keeps the connection', () => {
  const alice = stage();
  const peer = alice.goLive([row('u:bob', 1)]);
  peer.says(hello({ exp: 2 }), msg('u:bob', 2));
  assert.equal(alice.client.state.state, 'live');
  assert.deepEqual(alice.seqs('u:bob'), [2]);
});
