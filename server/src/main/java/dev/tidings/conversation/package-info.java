/// Who on this lane reads what: the users connected here, the readers of groups that move, of
/// topics and of announcements, and an entry as a reader sees it. Confined to the lane.
@NullMarked
package dev.tidings.conversation;

import org.jspecify.annotations.NullMarked;
