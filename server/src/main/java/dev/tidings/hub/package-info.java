/// The core: decides who receives what. Runs on its lane, never blocks; time, storage and
/// neighbours are ports. [dev.tidings.hub.Hub] is the door: all that a client can do is a case of
/// its switch, and each case is carried out by the part that is named for it.
@NullMarked
package dev.tidings.hub;

import org.jspecify.annotations.NullMarked;
