/// The plain relay: a port without any protocol, where what one writes everybody else reads, and
/// the topic `t:relay` beside it. [dev.tidings.relay.Relay] is the door. Nothing here is kept.
@NullMarked
package dev.tidings.relay;

import org.jspecify.annotations.NullMarked;
