/// The engine of many nodes that work as one: its rows are in Redis, in one order that all nodes
/// share. [dev.tidings.redis.RedisEngine] is the door; what is decided and how rows look is
/// `engine`'s.
@NullMarked
package dev.tidings.redis;

import org.jspecify.annotations.NullMarked;
