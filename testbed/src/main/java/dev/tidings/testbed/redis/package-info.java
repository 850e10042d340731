/// Redis, or Valkey, as it is: real processes on free ports of this machine, alone
/// ([RedisProcess]), with a replica and Sentinels ([RedisSentinels]) or as a Cluster
/// ([RedisCluster]), each of which can be frozen, killed, restarted and emptied.
///
/// [RedisPrograms] finds the programs; a test class says that it needs them with [NeedsRedis].
/// [RedisConnection] speaks to them by hand, without the client library that is to be proved.
@NullMarked
package dev.tidings.testbed.redis;

import org.jspecify.annotations.NullMarked;
