/// What everything else stands on: time, chance, checks and the lane on which things happen in
/// turn. Knows nothing of messages.
@NullMarked
package dev.tidings.base;

import org.jspecify.annotations.NullMarked;
