/// The threads that work for an engine beside its writer.
@NullMarked
package dev.tidings.driver;

import org.jspecify.annotations.NullMarked;
