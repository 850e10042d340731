/// One port for everything: the first byte tells lines from HTTP
/// ([dev.tidings.transport.FirstByte]). Here bytes become units for the hub and frames become
/// bytes: lines over TCP, text over WebSocket. Everything of one connection happens on its lane.
@NullMarked
package dev.tidings.transport;

import org.jspecify.annotations.NullMarked;
