package dev.tidings.engine;

import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.Payload;

/// What the members of a group have settled. A conversation of another kind has [#NONE].
///
/// @param data the application's; empty bytes if none was given
/// @param open anyone may join
/// @param quiet no entries say who joins and leaves
/// @param past new members see what was before them
/// @param adminsSend only admins and owners may send
public record GroupSettings(
    String title, Payload data, boolean open, boolean quiet, boolean past, boolean adminsSend) {
  static final GroupSettings NONE =
      new GroupSettings("", Entry.NO_DATA, false, false, false, false);

  private static final int OPEN = 1;
  private static final int QUIET = 2;
  private static final int PAST = 4;
  private static final int ADMINS_SEND = 8;

  GroupSettings with(GroupPatch patch) {
    return new GroupSettings(
        patch.title().orElse(title),
        patch.data().orElse(data),
        patch.open().orElse(open),
        patch.quiet().orElse(quiet),
        patch.past().orElse(past),
        patch.adminsSend().orElse(adminsSend));
  }

  /// All that is yes or no, as one number of the stored format.
  int flags() {
    return (open ? OPEN : 0)
        | (quiet ? QUIET : 0)
        | (past ? PAST : 0)
        | (adminsSend ? ADMINS_SEND : 0);
  }

  static GroupSettings of(String title, Payload data, int flags) {
    return new GroupSettings(
        title,
        data,
        (flags & OPEN) != 0,
        (flags & QUIET) != 0,
        (flags & PAST) != 0,
        (flags & ADMINS_SEND) != 0);
  }
}
