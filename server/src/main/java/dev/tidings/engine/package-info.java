/// Where conversations are kept: the port ([dev.tidings.engine.Engine]) and all that does not
/// depend on a particular store. [dev.tidings.engine.Ledger] decides every change, for good and in
/// one order; [dev.tidings.engine.LogReader] answers every read; both stand on the narrow
/// [dev.tidings.engine.Store], whose in-memory twin lives here.
@NullMarked
package dev.tidings.engine;

import org.jspecify.annotations.NullMarked;
