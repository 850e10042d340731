/// The quiet core of the client: a state machine that starts no thread, opens no socket and reads
/// no clock. [ClientCore] is the door; [Lane], [Dialer] and [Outlet] are what it asks of its
/// surroundings, so that tests and simulations drive many clients from one seed. Everything here is
/// confined to the client's lane.
@NullMarked
package dev.tidings.client.core;

import org.jspecify.annotations.NullMarked;
