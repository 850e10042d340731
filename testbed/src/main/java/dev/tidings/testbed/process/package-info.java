/// Processes of others: started, halted, killed, and never left behind.
@NullMarked
package dev.tidings.testbed.process;

import org.jspecify.annotations.NullMarked;
