import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hello, item, items, msg, row, stage } from './stage.mjs';

test('what was sent during a cut arrives in order and once', () => {
  const alice = stage();
  const first = alice.goLive([row('u:bob', 2, { tail: items(1, 2) })]);
  first.says(msg('u:bob', 3), msg('u:bob', 4));
  alice.comeBack();
  const second = alice.peer.opens();
  assert.equal(second.heardOne('sync').since, 'c1');
  second.says(hello());
  second.says({ op: 'ok', id: 2, cursor: 'unused' }); // an id nobody waits for
  second.says({ op: 'ok', id: 1, cursor: 'c2', convs: [row('u:bob', 7, { tail: items(3, 7) })] });
  second.says(msg('u:bob', 7), msg('u:bob', 8));
  assert.deepEqual(alice.seqs('u:bob'), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(alice.record.gap, []);
});

test('frames of the lost connection are not read any more', () => {
  const alice = stage();
  const first = alice.goLive([row('u:bob', 0)]);
  alice.client.cut();
  first.says(msg('u:bob', 1));
  assert.deepEqual(alice.seqs('u:bob'), []);
  assert.equal(first.closedByClient, true);
  assert.equal(alice.client.state.state, 'waiting');
});

test('a short tail is completed by history', () => {
  const alice = stage();
  alice.goLive([row('u:bob', 1)]);
  alice.comeBack();
  const peer = alice.comeLive([row('u:bob', 9, { tail: items(8, 9) })]);
  const ask = peer.heardOne('history');
  assert.deepEqual({ in: ask.in, epoch: ask.epoch, after: ask.after }, {
    in: 'u:bob',
    epoch: 'e1',
    after: 1,
  });
  assert.deepEqual(alice.seqs('u:bob'), []);
  const reply = { op: 'ok', id: ask.id, in: 'u:bob', epoch: 'e1', low: 1, head: 9, more: true };
  peer.says({ ...reply, items: items(2, 4) });
  const next = peer.heardOne('history');
  assert.equal(next.after, 4);
  peer.says({ ...reply, id: next.id, items: items(5, 7) });
  assert.deepEqual(alice.seqs('u:bob'), [2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(peer.heard(), []);
});

test('a jump in live entries is held until history has filled it', () => {
  const alice = stage();
  const peer = alice.goLive([row('g:ops', 5)]);
  peer.says(msg('g:ops', 6), msg('g:ops', 9), msg('g:ops', 10));
  assert.deepEqual(alice.seqs('g:ops'), [6]);
  const ask = peer.heardOne('history');
  assert.equal(ask.after, 6);
  peer.says(msg('g:ops', 11)); // still beyond the gap
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 10, items: items(7, 10) });
  assert.deepEqual(alice.seqs('g:ops'), [6, 7, 8, 9, 10, 11]);
});

test('a gap that the server announces is read from the log', () => {
  const alice = stage();
  const peer = alice.goLive([row('g:ops', 5)]);
  peer.says({ op: 'gap', in: 'g:ops', epoch: 'e1', after: 5, head: 7 }, msg('g:ops', 8));
  const ask = peer.heardOne('history');
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 8, items: items(6, 7) });
  assert.deepEqual(alice.seqs('g:ops'), [6, 7, 8]);
  assert.deepEqual(alice.record.gap, []);
});

test('what is no longer kept is said once, and reading goes on from low', () => {
  const alice = stage();
  alice.goLive([row('u:bob', 3)]);
  alice.comeBack();
  alice.comeLive([row('u:bob', 22, { low: 21, tail: items(21, 22) })]);
  assert.deepEqual(alice.record.gap, [
    { in: 'u:bob', reason: 'trimmed', epoch: 'e1', after: 3, low: 21 },
  ]);
  assert.deepEqual(alice.seqs('u:bob'), [21, 22]);
});

test('entries held beyond a trimmed stretch are not lost', () => {
  const alice = stage();
  const peer = alice.goLive([row('u:bob', 3)]);
  peer.says(msg('u:bob', 21), msg('u:bob', 22));
  const ask = peer.heardOne('history');
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 21, head: 22, items: [] });
  assert.deepEqual(alice.seqs('u:bob'), [21, 22]);
});

test('live entries wait for the answer to sync', () => {
  const alice = stage();
  alice.client.start();
  const peer = alice.peer.opens();
  const sync = peer.heardOne('sync');
  peer.says(hello());
  peer.says(msg('u:bob', 6), msg('u:carol', 1));
  assert.deepEqual(alice.record.entry, []);
  assert.equal(alice.client.state.state, 'syncing');
  const convs = [row('u:bob', 5, { tail: [item(5)] })];
  peer.says({ op: 'ok', id: sync.id, convs, next: 'p2' });
  assert.deepEqual(alice.seqs('u:bob'), [5]);
  const page = peer.heardOne('sync');
  assert.equal(page.next, 'p2');
  peer.says({ op: 'ok', id: page.id, cursor: 'c', convs: [] });
  assert.deepEqual(alice.seqs('u:bob'), [5, 6]);
  assert.deepEqual(alice.seqs('u:carol'), [1]);
  assert.equal(alice.client.state.state, 'live');
});

test('what finds no room before sync is read from the log', () => {
  const alice = stage({ limits: { heldEntries: 2 } });
  alice.client.start();
  const peer = alice.peer.opens();
  const sync = peer.heardOne('sync');
  peer.says(hello());
  for (let seq = 1; seq <= 5; seq++) peer.says(msg('u:bob', seq));
  peer.says({ op: 'msg', in: 'a:all', data: 'x', ts: 1 });
  peer.says({ op: 'ok', id: sync.id, cursor: 'c', convs: [row('u:bob', 0)] });
  assert.deepEqual(alice.seqs('u:bob'), [1, 2]);
  assert.deepEqual(alice.record.gap, [{ in: 'a:all', reason: 'lost', lost: 1 }]);
  const ask = peer.heardOne('history');
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 5, items: items(3, 5) });
  assert.deepEqual(alice.seqs('u:bob'), [1, 2, 3, 4, 5]);
});

test('what finds no room beyond a gap is read from the log', () => {
  const alice = stage({ limits: { heldEntries: 2 } });
  const peer = alice.goLive([row('u:bob', 1)]);
  for (let seq = 3; seq <= 8; seq++) peer.says(msg('u:bob', seq));
  let ask = peer.heardOne('history');
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 8, items: items(2, 3) });
  assert.deepEqual(alice.seqs('u:bob'), [2, 3, 4]);
  ask = peer.heardOne('history');
  assert.equal(ask.after, 4);
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 8, items: items(5, 8) });
  assert.deepEqual(alice.seqs('u:bob'), [2, 3, 4, 5, 6, 7, 8]);
});

test('another epoch at sync begins anew and says so', () => {
  const alice = stage();
  alice.goLive([row('g:ops', 40, { tail: items(39, 40) })]);
  alice.comeBack();
  const peer = alice.comeLive([row('g:ops', 3, { epoch: 'e2', tail: items(2, 3) })]);
  assert.deepEqual(alice.record.gap, [
    { in: 'g:ops', reason: 'epoch', epoch: 'e2', after: 1, low: 1, head: 3 },
  ]);
  peer.says(msg('g:ops', 4));
  assert.deepEqual(alice.seqs('g:ops'), [39, 40, 2, 3, 4]);
  assert.deepEqual(
    alice.record.entry.map((entry) => entry.epoch),
    ['e1', 'e1', 'e2', 'e2', 'e2'],
  );
});

test('another epoch during a connection begins at its head', () => {
  const alice = stage();
  const peer = alice.goLive([row('g:ops', 40)]);
  peer.says({ op: 'gap', in: 'g:ops', epoch: 'e2', after: 0, head: 7 }, msg('g:ops', 8));
  assert.equal(alice.record.gap[0].reason, 'epoch');
  assert.deepEqual(alice.seqs('g:ops'), [8]);
  assert.equal(alice.record.entry[0].epoch, 'e2');
});

test('another epoch found while repairing begins at its head', () => {
  const alice = stage();
  const peer = alice.goLive([row('g:ops', 5)]);
  peer.says(msg('g:ops', 8));
  const ask = peer.heardOne('history');
  peer.says({ op: 'err', id: ask.id, code: 'epoch', epoch: 'e2', low: 1, head: 2 });
  peer.says(msg('g:ops', 3));
  assert.deepEqual(alice.record.gap, [
    { in: 'g:ops', reason: 'epoch', epoch: 'e2', after: 2, low: 1, head: 2 },
  ]);
  assert.deepEqual(alice.seqs('g:ops'), [3]);
});

test('a log shorter than what is held counts as another epoch', () => {
  const alice = stage();
  alice.goLive([row('g:ops', 9)]);
  alice.comeBack();
  alice.comeLive([row('g:ops', 4)]);
  assert.equal(alice.record.gap[0].reason, 'epoch');
});

test('a new conversation begins at 1, and its epoch is learnt', () => {
  const alice = stage();
  const peer = alice.goLive();
  peer.says(msg('u:carol', 1));
  assert.deepEqual(alice.seqs('u:carol'), [1]);
  const ask = peer.heardOne('history');
  assert.deepEqual([ask.after, ask.epoch], [1, undefined]);
  peer.says({ op: 'ok', id: ask.id, epoch: 'e5', low: 1, head: 1, items: [] });
  peer.says(msg('u:carol', 2));
  assert.equal(alice.record.entry[1].epoch, 'e5');
});

test('a new group begins at the join that names me', () => {
  const alice = stage();
  const peer = alice.goLive();
  peer.says(msg('g:ops', 17, { kind: 'join', who: ['carol', 'alice'] }));
  assert.deepEqual(alice.seqs('g:ops'), [17]);
});

test('history tells where an unknown conversation begins', () => {
  const alice = stage();
  const peer = alice.goLive();
  peer.says(msg('g:quiet', 33), msg('g:quiet', 34));
  assert.deepEqual(alice.seqs('g:quiet'), []);
  const ask = peer.heardOne('history');
  assert.equal(ask.after, 0);
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 31, head: 34, items: items(31, 34) });
  assert.deepEqual(alice.seqs('g:quiet'), [31, 32, 33, 34]);
  assert.deepEqual(alice.record.gap, []);
});

test('a conversation that began while away is read from its beginning', () => {
  const alice = stage();
  alice.goLive();
  alice.comeBack();
  const peer = alice.comeLive([row('u:dave', 9, { tail: [item(9)] })]);
  const ask = peer.heardOne('history');
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 9, items: items(1, 9) });
  assert.deepEqual(alice.seqs('u:dave'), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('the cursor waits until nothing is missing', () => {
  const alice = stage();
  const peer = alice.goLive([row('u:bob', 1)]);
  peer.says(msg('u:bob', 3)); // 2 is missing
  peer.says({ op: 'ping', cursor: 'later' });
  assert.equal(peer.heard().at(-1).op, 'pong');
  alice.comeBack();
  const back = alice.peer.opens();
  const sync = back.heardOne('sync');
  assert.equal(sync.since, 'c1');
  back.says(hello());
  back.says({ op: 'ok', id: sync.id, cursor: 'c2', convs: [row('u:bob', 3, { tail: items(2, 3) })] });
  assert.deepEqual(alice.seqs('u:bob'), [2, 3]);
  back.says({ op: 'ping', cursor: 'c3' });
  alice.comeBack();
  assert.equal(alice.peer.opens().heardOne('sync').since, 'c3');
});

test('a cursor that is too old leads to a sync from scratch', () => {
  const alice = stage();
  alice.goLive([row('u:bob', 1)]);
  alice.comeBack();
  const peer = alice.peer.opens();
  const sync = peer.heardOne('sync');
  peer.says(hello());
  peer.says({ op: 'err', id: sync.id, code: 'cursor' });
  const again = peer.heardOne('sync');
  assert.equal(again.since, undefined);
  peer.says({ op: 'ok', id: again.id, cursor: 'c9', convs: [row('u:bob', 2, { tail: items(1, 2) })] });
  assert.deepEqual(alice.seqs('u:bob'), [2]);
  assert.equal(alice.client.state.state, 'live');
});

test('what a sync from scratch does not name is gone, and its name begins anew', () => {
  const alice = stage();
  alice.goLive([row('g:ops', 3), row('u:bob', 2), row('u:carol', 1)]);
  alice.comeBack();
  const peer = alice.peer.opens();
  const sync = peer.heardOne('sync');
  peer.says(hello());
  peer.says({ op: 'err', id: sync.id, code: 'cursor' });
  const again = peer.heardOne('sync');
  peer.says(msg('u:bob', 1));
  peer.says({ op: 'ok', id: again.id, cursor: 'c9', convs: [row('u:carol', 1)] });
  assert.deepEqual(alice.record.gap, [
    { in: 'g:ops', reason: 'gone' },
    { in: 'u:bob', reason: 'gone' },
  ]);
  assert.deepEqual(alice.seqs('u:bob'), [1]);
  peer.says(msg('u:bob', 2));
  assert.deepEqual(alice.seqs('u:bob'), [1, 2]);
});

test('a sync refused for now is asked again', () => {
  const alice = stage();
  alice.client.start();
  const peer = alice.peer.opens();
  const sync = peer.heardOne('sync');
  peer.says(hello(), { op: 'err', id: sync.id, code: 'busy', retry: 700 });
  alice.clock.advance(699);
  assert.deepEqual(peer.heard(), []);
  alice.clock.advance(1);
  const again = peer.heardOne('sync');
  peer.says({ op: 'ok', id: again.id, cursor: 'c', convs: [] });
  assert.equal(alice.client.state.state, 'live');
});

test('a repair refused for good is said and holds up nothing else', () => {
  const alice = stage();
  const peer = alice.goLive([row('g:ops', 1), row('u:bob', 1)]);
  peer.says(msg('g:ops', 5), msg('u:bob', 2));
  const ask = peer.heardOne('history');
  peer.says({ op: 'err', id: ask.id, code: 'not_member' });
  assert.deepEqual(alice.record.gap, [
    { in: 'g:ops', reason: 'unreadable', epoch: 'e1', after: 1, code: 'not_member' },
  ]);
  assert.deepEqual(alice.seqs('u:bob'), [2]);
});

test('a repair refused for now is asked again', () => {
  const alice = stage();
  const peer = alice.goLive([row('g:ops', 1)]);
  peer.says(msg('g:ops', 3));
  peer.says({ op: 'err', id: peer.heardOne('history').id, code: 'unavailable', retry: 100 });
  alice.clock.advance(100);
  const ask = peer.heardOne('history');
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 3, items: items(2, 3) });
  assert.deepEqual(alice.seqs('g:ops'), [2, 3]);
});

test('a server that hides what it announced is left, not asked for ever', () => {
  const alice = stage();
  const peer = alice.goLive([row('g:ops', 1)]);
  peer.says(msg('g:ops', 3));
  const ask = peer.heardOne('history');
  peer.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 3, items: [] });
  assert.equal(peer.closedByClient, true);
  assert.equal(alice.client.state.state, 'waiting');
});

test('few repairs are under way at a time', () => {
  const alice = stage({ limits: { repairsInFlight: 2 } });
  const names = ['g:a', 'g:b', 'g:c'];
  const peer = alice.goLive(names.map((name) => row(name, 1)));
  for (const name of names) peer.says(msg(name, 3));
  const asks = peer.heard().filter((unit) => unit.op === 'history');
  assert.deepEqual(asks.map((ask) => ask.in), ['g:a', 'g:b']);
  peer.says({ op: 'ok', id: asks[0].id, epoch: 'e1', low: 1, head: 3, items: items(2, 3) });
  assert.equal(peer.heardOne('history').in, 'g:c');
});

test('a topic goes on where it stopped', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const first = alice.client.sub('t:demo', { last: 2 });
  const ask = peer.heardOne('sub');
  assert.deepEqual([ask.in, ask.last, ask.after], ['t:demo', 2, undefined]);
  peer.says({ op: 'ok', id: ask.id, in: 't:demo', epoch: 'e1', head: 9, items: items(8, 9) });
  assert.equal((await first).head, 9);
  peer.says(msg('t:demo', 10));
  alice.comeBack();
  const back = alice.comeLive();
  const again = back.heardOne('sub');
  assert.deepEqual([again.epoch, again.after, again.last], ['e1', 10, undefined]);
  const ok = { op: 'ok', id: again.id, in: 't:demo', epoch: 'e1', head: 12, whole: true };
  back.says({ ...ok, items: items(11, 12) }, msg('t:demo', 13));
  assert.deepEqual(alice.seqs('t:demo'), [8, 9, 10, 11, 12, 13]);
});

test('a topic that moved too far while away is read by history', () => {
  const alice = stage();
  const peer = alice.goLive();
  alice.client.sub('t:demo');
  peer.says({ op: 'ok', id: peer.heardOne('sub').id, in: 't:demo', epoch: 'e1', head: 1 });
  alice.comeBack();
  const back = alice.comeLive();
  const again = back.heardOne('sub');
  const ok = { op: 'ok', id: again.id, in: 't:demo', epoch: 'e1', head: 4, whole: false };
  back.says(ok, msg('t:demo', 5));
  const ask = back.heardOne('history');
  back.says({ op: 'ok', id: ask.id, epoch: 'e1', low: 1, head: 5, items: items(2, 4) });
  assert.deepEqual(alice.seqs('t:demo'), [2, 3, 4, 5]);
});

test('a topic whose log was still empty goes on from its beginning', () => {
  const alice = stage();
  const peer = alice.goLive();
  alice.client.sub('t:demo');
  peer.says({ op: 'ok', id: peer.heardOne('sub').id, in: 't:demo', epoch: '', head: 0 });
  assert.deepEqual(peer.heard(), []);
  alice.comeBack();
  const back = alice.comeLive();
  const again = back.heardOne('sub');
  assert.equal(again.after, 0);
  const ok = { op: 'ok', id: again.id, in: 't:demo', epoch: 'e1', head: 2, whole: true };
  back.says({ ...ok, items: items(1, 2) });
  assert.deepEqual(alice.seqs('t:demo'), [1, 2]);
  assert.deepEqual(alice.record.gap, []);
});

test('a topic of another epoch is subscribed anew', () => {
  const alice = stage();
  const peer = alice.goLive();
  alice.client.sub('t:demo');
  peer.says({ op: 'ok', id: peer.heardOne('sub').id, in: 't:demo', epoch: 'e1', head: 8 });
  alice.comeBack();
  const back = alice.comeLive();
  const refused = back.heardOne('sub');
  back.says({ op: 'err', id: refused.id, code: 'epoch', epoch: 'e2', low: 1, head: 2 });
  const again = back.heardOne('sub');
  assert.deepEqual([again.epoch, again.after], ['e2', 2]);
  back.says({ op: 'ok', id: again.id, epoch: 'e2', head: 2, whole: true, items: [] });
  back.says(msg('t:demo', 3));
  assert.deepEqual(alice.seqs('t:demo'), [3]);
  assert.equal(alice.record.gap[0].reason, 'epoch');
});

test('a topic without a log passes through and says what was lost', () => {
  const alice = stage();
  const peer = alice.goLive();
  alice.client.sub('t:rain');
  peer.says({ op: 'ok', id: peer.heardOne('sub').id, in: 't:rain' });
  peer.says({ op: 'msg', in: 't:rain', from: 'bob', data: 4, ts: 1 });
  peer.says({ op: 'gap', in: 't:rain', lost: 12 });
  assert.deepEqual(alice.record.entry.map((entry) => entry.data), [4]);
  assert.deepEqual(alice.record.gap, [{ in: 't:rain', reason: 'lost', lost: 12 }]);
  alice.client.unsub('t:rain');
  assert.equal(peer.heardOne('unsub').in, 't:rain');
  peer.says({ op: 'msg', in: 't:rain', from: 'bob', data: 5, ts: 2 });
  assert.deepEqual(alice.record.entry.map((entry) => entry.data), [4]);
});

test('presence is subscribed again and always told', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const answer = alice.client.sub('p:bob');
  peer.says({ op: 'ok', id: peer.heardOne('sub').id, in: 'p:bob', on: true, ts: 5 });
  assert.equal((await answer).on, true);
  peer.says({ op: 'presence', in: 'p:bob', user: 'bob', on: false, ts: 6 });
  alice.comeBack();
  const back = alice.comeLive();
  back.says({ op: 'ok', id: back.heardOne('sub').id, in: 'p:bob', on: true, ts: 7 });
  assert.deepEqual(
    alice.record.presence.map(({ user, on }) => [user, on]),
    [['bob', true], ['bob', false], ['bob', true]],
  );
});

test('a subscription refused at a reconnect is said', () => {
  const alice = stage();
  const peer = alice.goLive();
  alice.client.sub('t:demo');
  peer.says({ op: 'ok', id: peer.heardOne('sub').id, in: 't:demo' });
  alice.comeBack();
  const back = alice.comeLive();
  back.says({ op: 'err', id: back.heardOne('sub').id, code: 'forbidden' });
  assert.deepEqual(alice.record.gap, [
    { in: 't:demo', reason: 'unsubscribed', code: 'forbidden' },
  ]);
});

test('losing a group is said once', () => {
  const alice = stage();
  const peer = alice.goLive([row('g:old', 3)]);
  peer.says({ op: 'gap', in: 'g:old', gone: true });
  alice.comeBack();
  alice.comeLive([row('g:old', 3, { gone: true })]);
  assert.deepEqual(alice.record.gap, [{ in: 'g:old', reason: 'gone' }]);
});

class Shelf {
  kept = new Map();
  full = false;
  get length() {
    return this.kept.size;
  }
  key(index) {
    return [...this.kept.keys()][index] ?? null;
  }
  getItem(key) {
    return this.kept.get(key) ?? null;
  }
  setItem(key, value) {
    if (this.full) throw new Error('quota');
    this.kept.set(key, value);
  }
  removeItem(key) {
    this.kept.delete(key);
  }
}

test('positions survive a restart of the page', () => {
  const storage = new Shelf();
  const before = stage({ storage });
  before.goLive([row('u:bob', 4)]).says(msg('u:bob', 5));
  const after = stage({ storage });
  after.client.start();
  const peer = after.peer.opens();
  const sync = peer.heardOne('sync');
  assert.equal(sync.since, 'c1');
  peer.says(hello());
  const convs = [row('u:bob', 7, { tail: items(3, 7) })];
  peer.says({ op: 'ok', id: sync.id, cursor: 'c2', convs });
  assert.deepEqual(after.seqs('u:bob'), [6, 7]);
});

test('a stored position of what is gone is forgotten', () => {
  const storage = new Shelf();
  stage({ storage }).goLive([row('u:bob', 4), row('u:carol', 2)]);
  const after = stage({ storage });
  after.client.start();
  const peer = after.peer.opens();
  const sync = peer.heardOne('sync');
  peer.says(hello(), { op: 'err', id: sync.id, code: 'cursor' });
  const again = peer.heardOne('sync');
  peer.says({ op: 'ok', id: again.id, cursor: 'c9', convs: [row('u:carol', 2)] });
  assert.deepEqual(after.record.gap, [{ in: 'u:bob', reason: 'gone' }]);
  peer.says(msg('u:bob', 1));
  assert.deepEqual(after.seqs('u:bob'), [1]);
});

test('an entry whose listener never returned is handed over again', () => {
  const storage = new Shelf();
  const before = stage({ storage });
  const peer = before.goLive([row('u:bob', 4)]);
  let during;
  before.client.on('entry', () => (during = storage.getItem('tidings:alice:at:u:bob')));
  peer.says(msg('u:bob', 5));
  assert.equal(during, '4 e1');
  assert.equal(storage.getItem('tidings:alice:at:u:bob'), '5 e1');
});

test('storage that is full is told and left consistent', () => {
  const storage = new Shelf();
  const alice = stage({ storage });
  const peer = alice.goLive([row('u:bob', 4)]);
  storage.full = true;
  peer.says(msg('u:bob', 5));
  storage.full = false;
  peer.says({ op: 'ping', cursor: 'c9' });
  assert.equal(alice.record.fault.length, 1);
  assert.equal(storage.getItem('tidings:alice:cursor'), 'c1');
  assert.deepEqual(alice.seqs('u:bob'), [5]);
});

test('a position that was let go is said when its conversation moves', () => {
  const alice = stage({ limits: { conversations: 2 } });
  const peer = alice.goLive([row('u:a', 5), row('u:b', 5), row('u:c', 5)]);
  peer.says(msg('u:a', 8));
  assert.deepEqual(alice.record.gap, [{ in: 'u:a', reason: 'forgotten', after: 7 }]);
  assert.deepEqual(alice.seqs('u:a'), [8]);
});

test('a listener that throws harms neither position nor other listeners', (context) => {
  const thrown = [];
  context.mock.method(globalThis, 'queueMicrotask', (task) => thrown.push(task));
  const alice = stage();
  const peer = alice.goLive([row('u:bob', 0)]);
  const off = alice.client.on('entry', () => {
    throw new Error('mine');
  });
  const later = [];
  alice.client.on('entry', (entry) => later.push(entry.seq));
  peer.says(msg('u:bob', 1));
  off();
  peer.says(msg('u:bob', 2));
  assert.deepEqual(later, [1, 2]);
  assert.equal(thrown.length, 1);
  assert.throws(thrown[0], /mine/);
});
