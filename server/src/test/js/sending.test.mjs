import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hello, settled, stage } from './stage.mjs';

const codeIs = (code) => (error) => error.name === 'TidingsError' && error.code === code;

function ok(unit, seq) {
  return { op: 'ok', id: unit.id, in: unit.to ?? unit.in, epoch: 'e1', seq, ts: 1, level: 'disk' };
}

test('a send is answered with its place in the log', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const sent = alice.client.send('u:bob', { text: 'hi' }, { mention: ['bob'] });
  const unit = peer.heardOne('send');
  assert.deepEqual(unit, {
    op: 'send',
    id: unit.id,
    to: 'u:bob',
    cid: 'cid-1',
    mention: ['bob'],
    data: { text: 'hi' },
  });
  peer.says(ok(unit, 7));
  assert.deepEqual([(await sent).seq, (await sent).level], [7, 'disk']);
  assert.equal(alice.client.unanswered, 0);
});

test('a lost ok is repeated with the same cid and the same bytes', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const data = { text: 'hi', n: 1 };
  const sent = alice.client.send('u:bob', data);
  data.text = 'changed later';
  const [first] = peer.frames.slice(-1);
  alice.comeBack();
  const back = alice.comeLive();
  const again = back.frames.at(-1);
  assert.equal(behindId(again), behindId(first));
  back.says({ ...ok(JSON.parse(again), 3), dup: true });
  assert.equal((await sent).dup, true);
});

function behindId(frame) {
  return frame.replace(/"id":\d+/, '');
}

test('what was sent while offline leaves in order at the next welcome', async () => {
  const alice = stage();
  const answers = ['a', 'b', 'c'].map((text) => alice.client.send('u:bob', text));
  alice.client.start();
  const peer = alice.peer.opens();
  assert.deepEqual(peer.heard().map((unit) => unit.op), ['auth', 'sync']);
  peer.says(hello());
  const sends = peer.heard();
  assert.deepEqual(sends.map((unit) => unit.data), ['a', 'b', 'c']);
  peer.says(...sends.map((unit, i) => ok(unit, i + 1)));
  assert.deepEqual((await Promise.all(answers)).map((reply) => reply.seq), [1, 2, 3]);
});

test('nothing overtakes a send that was refused for now', () => {
  const alice = stage();
  const peer = alice.goLive();
  for (const text of ['a', 'b']) alice.client.send('u:bob', text);
  const [a] = peer.heard();
  peer.says({ op: 'err', id: a.id, code: 'rate', retry: 300 });
  alice.client.send('u:bob', 'c');
  alice.client.send('u:carol', 'd');
  assert.deepEqual(peer.heard(), []);
  alice.clock.advance(299);
  assert.deepEqual(peer.heard(), []);
  alice.clock.advance(1);
  const again = peer.heard();
  assert.deepEqual(again.map((unit) => unit.data), ['a', 'd']);
  assert.equal(again[0].cid, a.cid);
  peer.says(ok(again[0], 1));
  assert.deepEqual(peer.heard().map((unit) => unit.data), ['b', 'c']);
});

test('after a refusal batches begin short and grow with each answer', () => {
  const alice = stage();
  for (let i = 1; i <= 12; i++) alice.client.send('u:bob', i);
  const peer = alice.goLive();
  const sizes = [];
  let sends = peer.heard().filter((unit) => unit.op === 'send');
  sizes.push(sends.length);
  peer.says(...sends.map(({ id }) => ({ op: 'err', id, code: 'rate', retry: 100 })));
  alice.clock.advance(100);
  for (let seq = 0; seq < 12; seq += sends.length) {
    sends = peer.heard();
    assert.deepEqual(sends.map((unit) => unit.data), sends.map((_, i) => seq + i + 1));
    sizes.push(sends.length);
    peer.says(...sends.map((unit, i) => ok(unit, seq + i + 1)));
  }
  assert.deepEqual(sizes, [12, 1, 2, 4, 5]);
});

test('an address has one frame in flight, others do not wait for it', () => {
  const alice = stage();
  alice.client.start();
  const peer = alice.peer.opens();
  alice.client.send('u:bob', 1);
  alice.client.send('u:bob', 2);
  peer.heard();
  peer.says(hello());
  assert.equal(peer.frames.at(-1).split('\n').length, 2);
  const [one, two] = peer.heard();
  alice.client.send('u:bob', 3);
  assert.deepEqual(peer.heard(), []);
  alice.client.send('u:carol', 4);
  assert.equal(peer.heardOne('send').data, 4);
  peer.says(ok(one, 1));
  assert.deepEqual(peer.heard(), []);
  peer.says(ok(two, 2));
  assert.equal(peer.heardOne('send').data, 3);
});

test('a send refused for good does not hold up the next', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const first = alice.client.send('g:ops', 1);
  const second = alice.client.send('g:ops', 2);
  peer.says({ op: 'err', id: peer.heardOne('send').id, code: 'not_member', msg: 'no' });
  await assert.rejects(first, codeIs('not_member'));
  peer.says(ok(peer.heardOne('send'), 1));
  assert.equal((await second).seq, 1);
});

test('the queue is bounded in number', async () => {
  const alice = stage({ limits: { queuedSends: 2 } });
  alice.client.send('u:bob', 1);
  alice.client.send('u:bob', 2);
  await assert.rejects(alice.client.send('u:bob', 3), codeIs('full'));
  assert.equal(alice.client.unanswered, 2);
  const peer = alice.goLive();
  peer.says(...peer.heard().filter((unit) => unit.op === 'send').map((unit, i) => ok(unit, i + 1)));
  alice.client.send('u:bob', 4);
  assert.equal(peer.heardOne('send').data, 4);
});

test('the queue is bounded in bytes', async () => {
  const alice = stage({ limits: { queuedBytes: 3_000 } });
  alice.client.send('u:bob', 'x'.repeat(2_000));
  await assert.rejects(alice.client.send('u:bob', 'y'.repeat(2_000)), codeIs('full'));
});

test('what is in flight is bounded', () => {
  const alice = stage({ limits: { sendsInFlight: 3 } });
  for (let i = 1; i <= 5; i++) alice.client.send(`u:user${i}`, i);
  const peer = alice.goLive();
  const sends = peer.heard().filter((unit) => unit.op === 'send');
  assert.deepEqual(sends.map((unit) => unit.data), [1, 2, 3]);
  peer.says(ok(sends[1], 1));
  assert.equal(peer.heardOne('send').data, 4);
});

test('a batch fits one frame', () => {
  const alice = stage();
  for (let i = 0; i < 3; i++) alice.client.send('u:bob', 'x'.repeat(30_000));
  const peer = alice.goLive();
  const frames = peer.frames.filter((frame) => frame.startsWith('{"op":"send"'));
  assert.equal(frames.length, 1);
  assert.equal(frames[0].split('\n').length, 2);
  assert.ok(frames[0].length <= 65_536);
});

test('what no frame can carry is refused here, not by a closed connection', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const bytes = '€'.repeat(22_000); // three bytes each
  await assert.rejects(alice.client.send('u:bob', bytes), codeIs('too_large'));
  assert.deepEqual(peer.heard(), []);
});

test('what the server may have forgotten is not repeated', async () => {
  const alice = stage();
  const peer = alice.goLive([], { max: { dedupe: 86_400 } });
  const tried = alice.client.send('u:bob', 'old');
  peer.heard();
  alice.client.stop();
  const never = alice.client.send('u:bob', 'new');
  alice.clock.advance(86_400_001);
  const back = alice.goLive([], { max: { dedupe: 86_400 } });
  await assert.rejects(tried, codeIs('unknown_outcome'));
  const unit = back.heardOne('send');
  assert.equal(unit.data, 'new');
  back.says(ok(unit, 1));
  assert.equal((await never).seq, 1);
});

test('a group is made before what is sent to it', async () => {
  const alice = stage();
  const made = alice.client.group('create', 'g:demo', { members: ['bob'] });
  alice.client.send('g:demo', 'hello');
  const peer = alice.goLive();
  const create = peer.heardOne('group');
  assert.deepEqual([create.do, create.in, create.members], ['create', 'g:demo', ['bob']]);
  assert.equal(create.cid.length > 0, true);
  peer.says(ok(create, 1));
  assert.equal((await made).seq, 1);
  assert.equal(peer.heardOne('send').data, 'hello');
});

test('a group operation is repeated with the same cid', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const join = alice.client.group('join', 'g:demo');
  const { cid } = peer.heardOne('group');
  alice.comeBack();
  const back = alice.comeLive();
  const again = back.heardOne('group');
  assert.equal(again.cid, cid);
  back.says({ op: 'err', id: again.id, code: 'not_found' });
  await assert.rejects(join, codeIs('not_found'));
});

test('a read is repeated until it is answered', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const page = alice.client.history('u:bob', { before: 40, limit: 10 });
  peer.says({ op: 'err', id: peer.heardOne('history').id, code: 'busy', retry: 50 });
  alice.clock.advance(50);
  assert.equal(peer.heardOne('history').before, 40);
  alice.comeBack();
  const back = alice.comeLive();
  const ask = back.heardOne('history');
  back.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 40, items: [] });
  assert.equal((await page).head, 40);
  assert.deepEqual(alice.record.entry, []);
});

test('a search says its words and bounds and gives what was found', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const found = alice.client.search('deploy', { in: 'g:ops', limit: 5 });
  const { id, ...ask } = peer.heardOne('search');
  assert.deepEqual(ask, { op: 'search', q: 'deploy', in: 'g:ops', limit: 5 });
  peer.says({ op: 'ok', id, items: [{ in: 'g:ops', epoch: 'e1', seq: 3 }], next: 'n' });
  assert.equal((await found).next, 'n');
  assert.deepEqual(alice.record.entry, []);
});

test('reads and subscriptions are bounded', async () => {
  const alice = stage({ limits: { queuedReads: 1, subscriptions: 1 } });
  alice.client.history('u:bob');
  await assert.rejects(alice.client.history('u:bob'), codeIs('full'));
  alice.client.sub('t:a');
  await assert.rejects(alice.client.sub('t:b'), codeIs('too_many'));
});

test('closing rejects what is unanswered and leaves no timer', async () => {
  const alice = stage();
  const peer = alice.goLive([], { ping: 25 });
  const answers = [
    alice.client.send('u:bob', 1),
    alice.client.history('u:bob'),
    alice.client.sub('t:a'),
  ];
  alice.client.close();
  for (const answer of answers) await assert.rejects(answer, codeIs('closed'));
  assert.equal(peer.closedByClient, true);
  assert.equal(alice.clock.waiting, 0);
  assert.throws(() => alice.client.start(), codeIs('closed'));
  await assert.rejects(alice.client.send('u:bob', 2), codeIs('closed'));
});

test('a cid is 16 random bytes', async () => {
  const alice = stage({ newCid: undefined });
  const peer = alice.goLive();
  alice.client.send('u:bob', 1);
  alice.client.send('u:carol', 1);
  const cids = peer.heard().map((unit) => unit.cid);
  for (const cid of cids) assert.match(cid, /^[0-9a-f]{32}$/);
  assert.notEqual(cids[0], cids[1]);
  await settled();
});
