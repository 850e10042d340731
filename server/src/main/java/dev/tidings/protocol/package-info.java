/// The words on the wire: what a client may ask ([dev.tidings.protocol.Command]), what the server
/// says ([dev.tidings.protocol.Units]), the two tables of refusals
/// ([dev.tidings.protocol.ErrorCode], [dev.tidings.protocol.CloseCode]) and the validating scanner.
/// Shapes, limits and examples: docs/protocol.md. Pure functions on bytes; usable on any thread.
@NullMarked
package dev.tidings.protocol;

import org.jspecify.annotations.NullMarked;
