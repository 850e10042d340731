import assert from 'node:assert/strict';
import { test } from 'node:test';
import { item, msg, row, settled, stage } from './stage.mjs';

function recorded(alice, ...types) {
  const events = [];
  for (const type of types) alice.client.on(type, (event) => events.push([type, event]));
  return events;
}

test('an edit is repeated with its cid until it is answered', async () => {
  const alice = stage();
  const peer = alice.goLive([row('g:ops', 5)]);
  const edited = alice.client.edit('g:ops', 5, { text: 'better' }, { epoch: 'e1' });
  const unit = peer.heardOne('edit');
  assert.deepEqual(unit, {
    op: 'edit',
    id: unit.id,
    in: 'g:ops',
    seq: 5,
    cid: 'cid-1',
    epoch: 'e1',
    data: { text: 'better' },
  });
  alice.comeBack();
  const again = alice.comeLive([row('g:ops', 5)]);
  const repeat = JSON.parse(again.frames.at(-1));
  assert.equal(repeat.cid, 'cid-1');
  again.says({ op: 'ok', id: repeat.id, in: 'g:ops', epoch: 'e1', seq: 6, ts: 1, dup: true });
  assert.equal((await edited).seq, 6);
});

test('a recall that comes too late is refused for good', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const recalled = alice.client.recall('u:bob', 7);
  const unit = peer.heardOne('recall');
  assert.deepEqual([unit.in, unit.seq, unit.data], ['u:bob', 7, undefined]);
  peer.says({ op: 'err', id: unit.id, code: 'too_late', msg: 'over' });
  await assert.rejects(recalled, (error) => error.code === 'too_late');
});

test('edits and recalls are entries like others, each handed over once', () => {
  const alice = stage();
  const peer = alice.goLive([row('u:bob', 0)]);
  peer.says(msg('u:bob', 1), msg('u:bob', 2, { kind: 'edit', ref: 1, data: 'new' }));
  alice.comeBack();
  alice.comeLive([
    row('u:bob', 3, {
      tail: [
        item(1, { data: undefined, void: 'recall', rev: 3 }),
        item(2, { kind: 'edit', ref: 1, data: undefined }),
        item(3, { kind: 'recall', ref: 1, data: undefined }),
      ],
    }),
  ]);
  assert.deepEqual(alice.seqs('u:bob'), [1, 2, 3]);
  assert.deepEqual(
    alice.record.entry.map(({ kind, ref }) => [kind, ref]),
    [[undefined, undefined], ['edit', 1], ['recall', 1]],
  );
});

test('a mark is said again on the next connection, and heard from others', async () => {
  const alice = stage();
  const events = recorded(alice, 'mark');
  const peer = alice.goLive([row('u:bob', 5)]);
  const marked = alice.client.mark('u:bob', { read: 5 });
  assert.equal(peer.heardOne('mark').read, 5);
  alice.comeBack();
  const again = alice.comeLive([row('u:bob', 5)]);
  const unit = JSON.parse(again.frames.at(-1));
  again.says({ op: 'ok', id: unit.id, in: 'u:bob', got: 5, read: 5 });
  assert.equal((await marked).read, 5);
  again.says({ op: 'mark', in: 'u:bob', from: 'bob', read: 4 });
  again.says({ op: 'mark', in: 'u:bob', from: 'bob', got: 6, read: 4 });
  again.says({ op: 'mark', in: 'u:bob', from: 'bob', got: 7 });
  assert.deepEqual(events.map(([, { got, read }]) => [got, read]), [[4, 4], [6, 4], [7, 0]]);
});

test('a signal leaves at once or never', async () => {
  const alice = stage();
  const events = recorded(alice, 'signal');
  alice.client.signal('u:bob', { typing: true });
  const peer = alice.goLive();
  assert.deepEqual(peer.heard(), []);
  alice.client.signal('u:bob', { typing: true });
  assert.deepEqual(peer.heard(), [{ op: 'signal', to: 'u:bob', data: { typing: true } }]);
  peer.says({ op: 'signal', in: 'u:bob', from: 'bob', data: { typing: true } });
  await settled();
  assert.deepEqual(events, [['signal', { in: 'u:bob', from: 'bob', data: { typing: true } }]]);
});

test('rows tell what is unread, before their entries', () => {
  const alice = stage();
  const events = recorded(alice, 'conversation', 'entry', 'pref');
  const peer = alice.goLive([row('u:bob', 1, { unread: 1, mentions: 1, tail: [item(1)] })]);
  peer.says({ op: 'pref', in: 'u:bob', mute: true, block: false });
  const [conversation, entry, pref] = events;
  assert.deepEqual(conversation, [
    'conversation',
    { in: 'u:bob', epoch: 'e1', low: 1, head: 1, unread: 1, mentions: 1 },
  ]);
  assert.equal(entry[0], 'entry');
  assert.deepEqual(pref, ['pref', { in: 'u:bob', mute: true, block: false }]);
});

test('what I wish of a conversation is asked until it is answered', async () => {
  const alice = stage();
  const peer = alice.goLive();
  const wished = alice.client.pref('u:mallory', { block: true });
  const unit = peer.heardOne('pref');
  assert.deepEqual([unit.in, unit.block], ['u:mallory', true]);
  peer.says({ op: 'ok', id: unit.id, in: 'u:mallory' });
  assert.equal((await wished).in, 'u:mallory');
  alice.client.close();
  await assert.rejects(alice.client.mark('u:bob', { read: 1 }), { code: 'closed' });
  await assert.rejects(alice.client.edit('u:bob', 1, 'x'), { code: 'closed' });
});
