/// A network that can be broken: [FaultProxy] stands between clients and a server of this machine
/// and passes on what they say, late, slowly, in part or not at all.
@NullMarked
package dev.tidings.testbed.network;

import org.jspecify.annotations.NullMarked;
