/// The engine of a single node: its store is RocksDB in a folder of this machine, its threads are a
/// writer and two readers. [dev.tidings.embedded.EmbeddedEngine] is the door; what is decided and
/// how rows look is `engine`'s.
@NullMarked
package dev.tidings.embedded;

import org.jspecify.annotations.NullMarked;
