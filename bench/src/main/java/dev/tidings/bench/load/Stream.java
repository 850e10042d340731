package dev.tidings.bench.load;

/// The messages of one sender to one conversation, numbered from 1: what its readers can check.
final class Stream {
  final int id;
  final Flow flow;
  final Link sender;
  final int conversation;

  /// How many connections hear each message.
  final int readers;

  /// Numbers given so far.
  long sent;

  Stream(int id, Flow flow, Link sender, int conversation, int readers) {
    this.id = id;
    this.flow = flow;
    this.sender = sender;
    this.conversation = conversation;
    this.readers = readers;
  }
}
