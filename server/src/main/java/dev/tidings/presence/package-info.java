/// Who is here: every user's connections on this node ([dev.tidings.presence.Registry], by shards)
/// and the shared picture that anyone may look at ([dev.tidings.presence.OnlineUsers]).
@NullMarked
package dev.tidings.presence;

import org.jspecify.annotations.NullMarked;
