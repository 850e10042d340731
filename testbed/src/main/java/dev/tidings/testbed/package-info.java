/// What a server is proved on, for its tests and for the longer runs of `bench`. Nothing here knows
/// the server: it meets it on sockets, as everybody does.
@NullMarked
package dev.tidings.testbed;

import org.jspecify.annotations.NullMarked;
