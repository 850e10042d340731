/// One connection as the core sees it: what a transport must be able to do
/// ([dev.tidings.session.Connection]), who is on it ([dev.tidings.session.Session]), what waits for
/// it ([dev.tidings.session.Outbox]) and where it stands in the logs while it catches up
/// ([dev.tidings.session.CatchUp]). Confined to the connection's lane.
@NullMarked
package dev.tidings.session;

import org.jspecify.annotations.NullMarked;
