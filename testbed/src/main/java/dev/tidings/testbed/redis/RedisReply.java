package dev.tidings.testbed.redis;

import java.util.List;

/// What Redis answers, in RESP2.
public sealed interface RedisReply {
  /// A status or a value, as UTF-8.
  record Text(String value) implements RedisReply {}

  record Number(long value) implements RedisReply {}

  record Rows(List<RedisReply> values) implements RedisReply {}

  /// There is no such value.
  record Nothing() implements RedisReply {}

  /// An error inside of [Rows]; one that is the whole answer is thrown.
  record Refused(String words) implements RedisReply {}
}
