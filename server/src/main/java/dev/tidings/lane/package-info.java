/// The threads of the core: one event loop per lane, started here and nowhere else.
@NullMarked
package dev.tidings.lane;

import org.jspecify.annotations.NullMarked;
