/// The examples of docs/protocol.md as scenes that are played on a server: whatever it answers must
/// be what the page says. [dev.tidings.page.Scene] reads them, [dev.tidings.page.Performance] plays
/// them on a [dev.tidings.page.Stage], and knows from [dev.tidings.page.Samples] what may differ.
@NullMarked
package dev.tidings.page;

import org.jspecify.annotations.NullMarked;
