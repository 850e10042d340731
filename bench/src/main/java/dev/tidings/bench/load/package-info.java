/// The load generator: many connections to one server on one thread, which is the caller's.
///
/// [Dialect] is the door for another server's language: how to connect, subscribe and publish, and
/// how to tell a delivery. Below it [Loop] has the sockets, [Wire] cuts bytes into messages, and
/// [Link] is one connection. Above it a [Run] connects, and [Flow]s pace the messages of [Stream]s
/// and count: each [Payload] carries when it was due, whose it is and its number, so every reader
/// knows of each message whether it came, once and in order ([Reading]). Each command is a
/// [Workload].
@NullMarked
package dev.tidings.bench.load;

import org.jspecify.annotations.NullMarked;
