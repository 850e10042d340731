/// Who is here: every user's connections on this node and the other nodes where he is
/// ([dev.tidings.presence.Registry], by shards; what other nodes hear:
/// [dev.tidings.presence.Elsewhere]), and the shared picture that anyone may look at
/// ([dev.tidings.presence.OnlineUsers]).
@NullMarked
package dev.tidings.presence;

import org.jspecify.annotations.NullMarked;
