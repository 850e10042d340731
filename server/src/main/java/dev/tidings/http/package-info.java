/// What is asked over HTTP on the same port: requests as POST, the shorthand for sending, the
/// WebSocket handshake, health, and the pages. [dev.tidings.http.HttpFront] is the door.
@NullMarked
package dev.tidings.http;

import org.jspecify.annotations.NullMarked;
