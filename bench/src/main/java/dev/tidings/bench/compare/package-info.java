/// The comparison: Tidings beside the floor and other servers, under the same load. [Compare] is
/// the command; the servers are in `bench/peers` and `bench/floor`, their languages in the dialects
/// here.
@NullMarked
package dev.tidings.bench.compare;

import org.jspecify.annotations.NullMarked;
