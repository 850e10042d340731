/// Judges what happened: clients note what they sent, what was confirmed and what they heard
/// ([Chronicle]), and afterwards [Checker] says where the server broke its word. Neither knows how
/// the server works; they know docs/protocol.md, §5 to §7.
@NullMarked
package dev.tidings.testbed.consistency;

import org.jspecify.annotations.NullMarked;
