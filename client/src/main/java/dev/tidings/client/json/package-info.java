/// A small strict JSON reader and writer (RFC 8259): just enough for the wire, so that the client
/// needs nothing but the JDK.
@NullMarked
package dev.tidings.client.json;

import org.jspecify.annotations.NullMarked;
