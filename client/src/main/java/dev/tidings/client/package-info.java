/// The client for Java programs: connects, comes back after a cut, and hands each entry to the
/// application once and in order. Needs nothing but the JDK.
@NullMarked
package dev.tidings.client;

import org.jspecify.annotations.NullMarked;
