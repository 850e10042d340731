/// Connections to the server over the network: WebSocket and lines over TCP. Here, and only here,
/// are sockets.
@NullMarked
package dev.tidings.client.transport;

import org.jspecify.annotations.NullMarked;
