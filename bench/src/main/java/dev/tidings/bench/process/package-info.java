/// The machine of a run and the server's process on it: started or found, measured, ended.
@NullMarked
package dev.tidings.bench.process;

import org.jspecify.annotations.NullMarked;
