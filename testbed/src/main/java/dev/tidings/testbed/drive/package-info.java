/// Drives a server through what it must survive, with real clients that note everything.
@NullMarked
package dev.tidings.testbed.drive;

import org.jspecify.annotations.NullMarked;
