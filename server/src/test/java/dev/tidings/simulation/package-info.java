/// A whole server with its clients in one thread, played from one seed: production code from the
/// hubs down to the engine on simulated lanes, sockets and time.
/// [dev.tidings.simulation.Simulation] is the door, the stories show how it is used, and a failure
/// names the seed that replays it.
@NullMarked
package dev.tidings.simulation;

import org.jspecify.annotations.NullMarked;
