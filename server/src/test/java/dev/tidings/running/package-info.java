/// What stories on real sockets share: a server on a free port, people who speak units by hand over
/// lines, WebSocket and HTTP, and the watch over Netty's buffers.
@NullMarked
package dev.tidings.running;

import org.jspecify.annotations.NullMarked;
